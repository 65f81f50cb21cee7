"""The part of a running fit that a fitted estimator does not hold."""

import hashlib

import numpy as np

from sparsekit.network import SparseNetwork


def training_state(loop):
    """Return what a fit needs to go on after the present epoch, as plain values.

    Parameters
    ----------
    loop : FitLoop

    Returns
    -------
    dict
        Copies: what is trained later does not change them. Complexity: O(rows), and
        once per fit O(values).
    """
    best, recorder = loop.best_network, loop.trainer.recorder
    return {
        "n_epochs": loop.estimator.n_iter_,
        "stopped": bool(loop.stopped),
        "order": loop.order.copy(),
        "generator": loop.estimator._generator.bit_generator.state,
        "generator_at_start": loop.generator_at_start,
        "noise_seed": loop.trainer.noise.seed,
        "n_drops": loop.rate.n_drops,
        "best": float(loop.best),
        "n_waited": loop.n_waited,
        "best_network": None if best is None else best.to_dict(),
        "best_births": loop.best_births,
        "record": None if recorder is None else recorder.state(),
        "rows": None if loop.selected is None else loop.selected.state(),
        "data": _digest_of(loop),
    }


def restore(loop, state):
    """Set a new loop on the same data to where `state` was taken.

    Raises
    ------
    ValueError
        If the data differ.
    """
    if _digest_of(loop) != state["data"]:
        raise ValueError(
            "X, y, sample_weight, X_val and y_val must be those of the interrupted "
            "fit, row by row; they are not."
        )
    if not np.array_equal(np.sort(state["order"]), loop.order):
        raise ValueError("The order of the rows in the checkpoint is damaged.")
    estimator, trainer = loop.estimator, loop.trainer
    estimator.n_iter_ = loop.first_epoch = state["n_epochs"]
    estimator._generator.bit_generator.state = state["generator"]
    loop.stopped = state["stopped"]
    loop.order = state["order"]
    loop.rate.n_drops = state["n_drops"]
    loop.best, loop.n_waited = state["best"], state["n_waited"]
    if state["best_network"] is not None:
        loop.best_network = SparseNetwork(**state["best_network"])
        loop.best_births = state["best_births"]
    if trainer.recorder is not None:
        trainer.recorder.restore(state.get("record"))
    if loop.selected is not None:
        loop.selected.restore(state.get("rows"))
    trainer.noise = trainer.noise._replace(seed=state["noise_seed"])
    if trainer.input_noise is not None:
        trainer.input_noise = trainer.input_noise._replace(seed=state["noise_seed"])


def _digest_of(loop):
    """Return a digest of the prepared rows, made once per fit."""
    if loop.digest is None:
        digest = hashlib.blake2b(digest_size=16)
        held_out = loop.validation
        parts = [*loop.trainer.samples, *loop.trainer.targets]
        if held_out is not None:
            parts += [*held_out.samples, *held_out.targets]
        for part in parts:
            digest.update(repr((part.shape, part.dtype.str)).encode())
            digest.update(np.ascontiguousarray(part).reshape(-1).view(np.uint8))
        loop.digest = digest.hexdigest()
    return loop.digest
