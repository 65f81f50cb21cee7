"""Which neurons outputs depend on: slow twin of `network._compaction`.

One neuron at a time is taken out. The order does not matter, since what is dead stays
dead when others go, unless a level comes down to its last neuron.
"""


def live_neurons(inputs_of, biases, silent):
    """Return the numbers of the neurons that stay, per hidden level.

    Parameters
    ----------
    inputs_of : list of list of set
        For each level from 1, for each neuron, the neurons of the level below it reads.
    biases : list of list of float
    silent : function of a bias
        Whether a neuron of that bias has the value zero when it reads zeros.
    """
    n_hidden = len(inputs_of) - 1
    alive = [set(range(len(level))) for level in inputs_of]
    found = True
    while found:
        found = False
        for number in range(n_hidden):
            for neuron in sorted(alive[number], reverse=True):
                if len(alive[number]) == 1:
                    break
                above = inputs_of[number + 1]
                read = any(neuron in above[k] for k in alive[number + 1])
                below = inputs_of[number][neuron]
                reads = bool(below & alive[number - 1] if number else below)
                if not read or (not reads and silent(biases[number][neuron])):
                    alive[number].remove(neuron)
                    found = True
    return [sorted(level) for level in alive[:-1]]
