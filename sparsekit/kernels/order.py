"""From CSR order to the order of the by-input index, and back.

Outside an epoch all that belongs to connections stands in CSR order. Within it, the
weights and moments that the backward pass works on stand in the order in which that
pass goes through them: reading them one after another is faster than through the index
in every step.

The place of the weights by input serves as buffer for the moments while these move, so
that an epoch needs no memory of its own.
"""

from sparsekit.kernels._jit import allocating_kernel, inner_kernel
from sparsekit.kernels._lanes import item, put

# Connections moved at a time.
CHUNK = 32768


@allocating_kernel
def connection_range(net, layer):
    """Return where the connections of a layer begin and end in CSR, and by input."""
    first = net.indptr[net.first[layer]]
    last = net.indptr[net.first[layer] + net.sizes[layer]]
    by_input = net.in_indptr[net.first[layer - 1] - net.first[0]]
    return first, last, by_input


@inner_kernel
def n_chunks(first, last):
    """Return the number of chunks of a range of connections."""
    return (last - first + CHUNK - 1) // CHUNK


@inner_kernel
def bounds(chunk, first, last):
    """Return where a chunk begins and ends, counted from the start of the range."""
    return chunk * CHUNK, min((chunk + 1) * CHUNK, last - first)


@inner_kernel
def stash(moments, buffer, first, by_input, begin, end):
    """Copy a chunk of moments to the buffer of the weights by input."""
    for k in range(begin, end):
        put(buffer, by_input + k, item(moments, first + k))


@inner_kernel
def moments_by_input(net, moments, first, by_input, begin, end):
    """Write a chunk of moments by input, from what was set aside in CSR order."""
    for k in range(begin, end):
        position = item(net.in_position, by_input + k)
        aside = item(net.in_weights, by_input + position - first)
        put(moments, first + k, aside)


@inner_kernel
def weights_by_input(net, by_input, begin, end):
    """Write a chunk of the weights by input."""
    for k in range(by_input + begin, by_input + end):
        put(net.in_weights, k, item(net.weights, item(net.in_position, k)))


@inner_kernel
def weights_by_row(net, first, last):
    """Write the weights `first` to `last` by input to their places in CSR order."""
    for k in range(first, last):
        put(net.weights, item(net.in_position, k), item(net.in_weights, k))


@inner_kernel
def moments_by_row(net, moments, by_input, begin, end):
    """Write a chunk of moments in CSR order, from what was set aside by input."""
    for k in range(by_input + begin, by_input + end):
        put(moments, item(net.in_position, k), item(net.in_weights, k))
