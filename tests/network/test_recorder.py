"""What a recorder hands out: facts of samples that were seen, and copies."""

import numpy as np

from sparsekit.kernels import records
from sparsekit.network._recorder import SampleRecorder


def test_a_sample_that_was_never_seen_has_counts_of_zero_and_no_means():
    recorder = SampleRecorder(3)
    recorder.record.counts[0, records.N_SEEN] = 4
    for name, values in recorder.to_dict().items():
        if values.dtype.kind == "f":
            assert np.isnan(values[1:]).all(), name
        else:
            assert (values[1:] == (-1 if name == "correct" else 0)).all(), name
    seen = recorder.to_dict()
    assert seen["n_seen"].tolist() == [4, 0, 0]
    assert seen["confidence_std"][0] == seen["loss_mean"][0] == 0


def test_a_state_does_not_change_with_what_is_noted_later():
    recorder = SampleRecorder(3, keep_all=True)
    state = recorder.state()
    before = [part.copy() for part in state["record"]]
    for part in recorder.record[1:]:
        part[:] = 7
    for kept, part in zip(before, state["record"], strict=True):
        np.testing.assert_array_equal(part, kept)
    recorder.restore(state)
    recorder.record.counts[:] = 9
    np.testing.assert_array_equal(state["record"][0], before[0])
