"""matplotlib, which only figures need, or an error that says how to get it."""


def import_pyplot(what):
    """Return ``matplotlib.pyplot``, or raise an ImportError that names `what`."""
    try:
        import matplotlib.pyplot as plt
    except ImportError as error:
        raise ImportError(f"{what} needs matplotlib: pip install matplotlib") from error
    return plt
