"""What figures share: their colours, and what draws them."""


def import_pyplot(what):
    """Return ``matplotlib.pyplot``, or raise an ImportError that names `what`."""
    try:
        import matplotlib.pyplot as plt
    except ImportError as error:
        raise ImportError(f"{what} needs matplotlib: pip install matplotlib") from error
    return plt


# Okabe and Ito's palette: can be told apart with any kind of colour vision.
COLOURS = ("#0072B2", "#D55E00", "#009E73", "#CC79A7", "#E69F00", "#56B4E9")
