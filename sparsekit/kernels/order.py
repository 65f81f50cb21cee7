"""From CSR order to the order of the by-input index, and back.

Outside an epoch all that belongs to connections stands in CSR order. Within it, the
weights and moments that the backward pass works on stand in the order in which that
pass goes through them: reading them one after another is faster than through the index
in every step.
"""

from sparsekit.kernels._jit import inner_kernel

# Connections moved at a time.
CHUNK = 32768


@inner_kernel
def stretch(net, layer):
    """Return where the connections of a layer begin and end in CSR, and by input."""
    first = net.indptr[net.first[layer]]
    last = net.indptr[net.first[layer] + net.sizes[layer]]
    by_input = net.in_indptr[net.first[layer - 1] - net.first[0]]
    return first, last, by_input


@inner_kernel
def n_chunks(first, last):
    """Return the number of chunks of a stretch of connections."""
    return (last - first + CHUNK - 1) // CHUNK


@inner_kernel
def bounds(chunk, first, last):
    """Return where a chunk begins and ends, counted from the start of the stretch."""
    return chunk * CHUNK, min((chunk + 1) * CHUNK, last - first)


@inner_kernel
def order_by_input(net, slots, old_first, old_second, first, by_input, begin, end):
    """Bring a chunk of weights and moments into the order of the by-input index.

    `old_first` and `old_second` are copies of the layer's moments.
    """
    for k in range(begin, end):
        position = net.in_position[by_input + k]
        net.in_weights[by_input + k] = net.weights[position]
        slots.weight_first[first + k] = old_first[position - first]
        if old_second.size > 0:
            slots.weight_second[first + k] = old_second[position - first]


@inner_kernel
def order_by_row(net, slots, old_first, old_second, by_input, begin, end):
    """Bring a chunk of moments back into CSR order."""
    for k in range(begin, end):
        position = net.in_position[by_input + k]
        slots.weight_first[position] = old_first[k]
        if old_second.size > 0:
            slots.weight_second[position] = old_second[k]
