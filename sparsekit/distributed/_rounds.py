"""Rounds: every part trains a copy of the network, and the copies are averaged."""

import os
import time
from numbers import Integral

import joblib
import numpy as np
from sklearn.base import clone
from sklearn.exceptions import ConvergenceWarning
from sklearn.utils import check_random_state

from sparsekit.distributed._merge import averaged, summed_to_send
from sparsekit.distributed._messages import (
    Frame,
    arrays_of,
    gaps_of,
    keys_from,
    keys_of,
    n_bytes,
    state_of,
)
from sparsekit.distributed._tasks import (
    Plan,
    State,
    beginning,
    facts_of,
    rewired,
    trained_copy,
)
from sparsekit.neural_network import (
    load_checkpoint,
    partwise,
    save_checkpoint,
    warn_user,
)

# So many copies, or totals of copies, are added by one call: of up to so many parts,
# the copies are all that travels.
ADDED_AT_ONCE = 16

# Parameters on which no bit of a fit depends.
_FREE = ("n_jobs", "verbose")


class Rounds:
    """A fit on parts, from the first look at them to the last round.

    Parameters
    ----------
    estimator : BaseSparseMLP
        As the user gave it; only its random state moves.
    engine : InProcesses or OnCluster
    n_rounds : int
    settings : dict
        What the result depends on beside the estimator, the parts and `n_rounds`.
    checkpoint : str, path-like or None

    Attributes
    ----------
    estimator : BaseSparseMLP
        What is fitted, with the network of the last round.
    """

    def __init__(self, estimator, engine, n_rounds, settings, checkpoint):
        self._given = estimator
        self._engine = engine
        self._n_rounds = n_rounds
        self._settings = {"rounds": n_rounds, **settings}
        self._checkpoint = None if checkpoint is None else os.fspath(checkpoint)
        self._done = 0
        self.estimator = None

    def run(self):
        """Train until all rounds are done, or as far as that goes."""
        if self._checkpoint is not None:
            folder = os.path.dirname(os.path.abspath(self._checkpoint))
            if not os.path.isdir(folder):
                raise ValueError(f"checkpoint: there is no folder {folder!r}.")
        facts = self._facts()
        saved = self._saved(joblib.hash(facts))
        self._begin(facts)
        if saved is not None:
            partwise.hand_over(saved, self.estimator)
            if not self._own:
                self._gaps_sent()  # counted before the fit was interrupted
        try:
            while self._done < self._n_rounds:
                if not self._round():
                    return
                self._save()
        except KeyboardInterrupt:
            warn_user("Training interrupted by user.")
            return
        if self._rewires:
            self._rewire(last=True)

    def how_to_go_on(self):
        """Return what a user should know about a fit that failed."""
        done = f"{self._done} of {self._n_rounds} rounds are done"
        if self._checkpoint is None:
            return f"{done}, and lost: with checkpoint=... the same call would go on"
        return f"{done} and kept in {self._checkpoint!r}: call it again"

    def _facts(self):
        """Look at all parts; return what those with rows tell, together."""
        estimator = clone(self._given)
        calls = [(estimator, n, part) for n, part in enumerate(self._engine.parts)]
        facts = self._engine.results(self._engine.each(facts_of, calls))
        full = [n for n, found in enumerate(facts) if found is not None]
        self._engine.parts = [self._engine.parts[n] for n in full]
        return partwise.joined_facts({n: facts[n] for n in full})

    def _saved(self, data):
        """Return the estimator in the checkpoint, if there is one, of this very fit."""
        self._settings["data"] = data
        path = self._checkpoint
        if path is None or not os.path.exists(path):
            random = check_random_state(self._given.random_state)
            self._seed = int(random.randint(np.iinfo(np.int32).max))
            return None
        saved = load_checkpoint(path)
        match vars(saved).get("_rounds"):
            case {"settings": dict(others), "seed": int(seed), "done": int(done)}:
                pass
            case _:
                others = {}
        if not others or type(saved) is not type(self._given):
            raise ValueError(
                f"checkpoint={path!r} is not of such a fit; give another name."
            )
        given = self._settings | self._parameters(self._given)
        others = others | self._parameters(saved)
        differing = [name for name in given if given[name] != others.get(name)]
        if differing:
            raise ValueError(
                f"checkpoint={path!r} is of a fit with other {', '.join(differing)}; "
                "give another name, or remove the file."
            )
        self._seed, self._done = seed, done
        return saved

    def _parameters(self, estimator):
        """Return a digest of each parameter on which the result depends."""
        parameters = estimator.get_params(deep=False)
        if not isinstance(parameters["random_state"], Integral):
            del parameters["random_state"]  # the seed in the checkpoint counts
        return {n: joblib.hash(v) for n, v in parameters.items() if n not in _FREE}

    def _save(self):
        if self._checkpoint is None:
            return
        saved = clone(self._given)
        partwise.hand_over(self.estimator, saved)
        vars(saved)["_rounds"] = {
            "settings": self._settings,
            "seed": self._seed,
            "done": self._done,
        }
        save_checkpoint(saved, self._checkpoint)

    def _begin(self, facts):
        """Make the first network, and what stands for the prepared rows."""
        settings, engine = self._settings, self._engine
        estimator = clone(self._given).set_params(
            max_iter=self._n_rounds * settings["local_epochs"],
            n_iter_no_change=np.inf,
            random_state=self._seed,
        )
        (self.estimator,) = engine.results(
            [engine.call(beginning, estimator, facts, engine.parts[0])]
        )
        self._pruner = partwise.pruner_of_average(self.estimator)
        self._rewires = self._pruner is not None
        network, _ = partwise.network_of(self.estimator)
        self._frame = Frame.of(network)
        self._own = settings["topology"] == "own" and self._rewires
        known = partwise.without_network(self.estimator)
        plan = Plan(
            estimator=known,
            frame=self._frame,
            entropy=self._seed,
            local_epochs=settings["local_epochs"],
            own=self._own,
            transfer_dtype=settings["transfer_dtype"],
        )
        self._plan = engine.share(plan)
        self._rows = engine.rows(known)
        # The connections as parts have them, and what stands for them.
        self._gaps = self._shared_gaps = None

    def _gaps_sent(self):
        """Send connections that parts have not got; return the bytes of one copy."""
        network, _ = partwise.network_of(self.estimator)
        gaps = gaps_of(keys_of(network))
        if self._gaps is not None and np.array_equal(gaps, self._gaps):
            return 0
        self._gaps, self._shared_gaps = gaps, self._engine.send(gaps)
        return gaps.nbytes

    def _sent(self, *, whole):
        """Send the network; return what stands for it, and the bytes of one copy."""
        network, optimizer = partwise.network_of(self.estimator)
        sent = self._gaps_sent()
        progress = partwise.progress_of(self.estimator, whole=whole)
        arrays = arrays_of(network, optimizer)
        state = State(arrays, optimizer.weight_born, optimizer.step, progress)
        sent += n_bytes(state)
        return (self._plan, self._shared_gaps, self._engine.send(state)), sent

    def _round(self):
        """Do one round; return whether training goes on."""
        began = time.perf_counter()
        engine, n_replaced, n_sent, n_received = self._engine, 0, 0, 0
        if self._rewires and not self._own and self._done:
            n_replaced, n_sent, n_received = self._rewire(last=False)
        network, n_each = self._sent(whole=False)
        n_sent += n_each * len(self._rows)
        copies = engine.each(
            trained_copy,
            [(rows, n, self._done, *network) for n, rows in enumerate(self._rows)],
        )
        while len(copies) > ADDED_AT_ONCE:
            groups = range(0, len(copies), ADDED_AT_ONCE)
            copies = [
                engine.call(
                    summed_to_send, self._frame, *copies[at : at + ADDED_AT_ONCE]
                )
                for at in groups
            ]
        mean = engine.call(
            averaged,
            self._frame,
            self._settings["merge"],
            self._pruner,
            np.dtype(self.estimator.dtype),
            *copies,
        )
        ((mean, n_bytes_of_copies),) = engine.results([mean])
        if not np.isfinite(mean.losses).all():
            warn_user(
                "Training stopped because the loss of a part was no longer finite; the "
                "weights that the round began with are kept. Lower learning_rate_init, "
                "or rescale X and y.",
                ConvergenceWarning,
            )
            return False
        self._done += 1
        self._take(
            mean,
            n_replaced,
            {
                "round": self._done,
                "bytes_to_parts": n_sent,
                "bytes_from_parts": n_received + n_bytes_of_copies,
                "seconds": time.perf_counter() - began,
            },
        )
        return True

    def _take(self, mean, n_replaced, of_round):
        """Go on from a mean of copies."""
        before, optimizer = partwise.network_of(self.estimator)
        if mean.gaps is None:
            network = before.copy(topology=False)
            network.weights[:] = mean.arrays["weights"]
            network.biases[:] = mean.arrays["biases"]
        else:
            network = self._frame.network(
                keys_from(mean.gaps), mean.arrays["weights"], mean.arrays["biases"]
            )
        state = state_of(mean.arrays, optimizer.weight_born, mean.step)
        partwise.end_round(self.estimator, network, state, mean, n_replaced, of_round)

    def _rewire(self, *, last):
        """Rewire on one part, another in every round, for all.

        Returns
        -------
        n_replaced, n_sent, n_received : int
            Connections that moved, and bytes.
        """
        network, n_sent = self._sent(whole=True)
        rows = self._rows[self._done % len(self._rows)]
        call = self._engine.call(rewired, rows, self._done, last, *network)
        ((estimator, n_replaced),) = self._engine.results([call])
        partwise.take_rewiring(self.estimator, estimator)
        found = arrays_of(*partwise.network_of(estimator))
        return n_replaced, n_sent, n_bytes(found)
