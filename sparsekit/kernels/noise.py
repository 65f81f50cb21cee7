"""Dropout: which neurons and inputs a sample does without in a step.

A lane stays if a hash of (seed, step, level, neuron, number of the sample in the batch)
is at least the threshold. So the masks do not depend on tiles, formats or threads.
"""

import numpy as np

from sparsekit.kernels._jit import inner_kernel
from sparsekit.kernels._lanes import LANE_STEP, MIX_1, MIX_2
from sparsekit.kernels.hashing import GAMMA, mix64

HALF_WORD = np.uint64(0xFFFFFFFF)
SHIFT_16 = np.uint64(16)
SHIFT_15 = np.uint64(15)


@inner_kernel
def hash_key(seed, step, level, neuron):
    """Mix four integers into 32 bits."""
    key = np.uint64(seed)
    for part in (np.uint64(step), np.uint64(level), np.uint64(neuron)):
        key = mix64((key ^ part) + GAMMA)
    return np.uint32(key & HALF_WORD)


@inner_kernel
def hash_threshold(rate):
    """Return the 32 bits below which the fraction `rate` of all hashes lies."""
    return np.uint32(min(rate * 2.0**32 + 0.5, 2.0**32 - 1.0))


@inner_kernel
def key_at(key, sample):
    """Return the key from which the lanes count on from a sample of the batch."""
    return np.uint32(
        (np.uint64(key) + np.uint64(sample) * np.uint64(LANE_STEP)) & HALF_WORD
    )


@inner_kernel
def keeps_input(input_noise, step, feature, sample):
    """Return whether a sample of the batch keeps an input.

    The same as `dropout` says of its lane.
    """
    x = np.uint64(key_at(hash_key(input_noise.seed, step, 0, feature), sample))
    x = ((x ^ (x >> SHIFT_16)) * np.uint64(MIX_1)) & HALF_WORD
    x = ((x ^ (x >> SHIFT_15)) * np.uint64(MIX_2)) & HALF_WORD
    return (x ^ (x >> SHIFT_16)) >= np.uint64(input_noise.threshold)
