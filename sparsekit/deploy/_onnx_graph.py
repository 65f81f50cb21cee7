"""Graphs of ONNX operators under construction."""

import numpy as np
from scipy import sparse

_OPSET, _ML_OPSET, _IR_VERSION = 17, 3, 8


class Graph:
    """Nodes and constants under construction; results go by name.

    Parameters
    ----------
    dtype : dtype
        Of the weights.
    sparse_weights : bool
        Whether weights are stored as sparse tensors.
    """

    def __init__(self, dtype, sparse_weights):
        self.dtype = np.dtype(dtype)
        self.sparse_weights = sparse_weights
        self.nodes = []
        self.constants = []
        self.sparse_constants = []
        self.inputs = []
        self.outputs = []
        self._given = set()

    def input(self, name, dtype, shape):
        """Have the graph read `name`; inputs come before all nodes. Return the name."""
        from onnx import helper

        kind = helper.np_dtype_to_tensor_dtype(np.dtype(dtype))
        self.inputs.append(helper.make_tensor_value_info(name, kind, shape))
        self._given.add(name)
        return name

    def _name(self, kind, number):
        """Return a name for a result; users name inputs as they like."""
        name = f"{kind}_{number}"
        while name in self._given:
            name += "_"
        return name

    def add(self, operator, *inputs, **attributes):
        """Append a node; arrays among `inputs` become constants. Return its result."""
        from onnx import helper

        names = [x if isinstance(x, str) else self.constant(x) for x in inputs]
        result = self._name(operator.lower(), len(self.nodes))
        node = helper.make_node(operator, names, [result], **attributes)
        self.nodes.append(node)
        return result

    def constant(self, value):
        """Return the name of a constant; a Python number gets the weights' type."""
        from onnx import numpy_helper

        array = value if isinstance(value, np.ndarray) else self.dtype.type(value)
        name = self._name("constant", len(self.constants))
        self.constants.append(numpy_helper.from_array(np.asarray(array), name))
        return name

    def matrix(self, by_output):
        """Return the name of a weight matrix, of shape (n_in, n_out) in the graph."""
        from onnx import helper

        by_input = sparse.csr_array(by_output.T)
        if not self.sparse_weights:
            return self.constant(by_input.toarray())
        by_input.sort_indices()
        place = by_input.tocoo()
        n_in, n_out = by_input.shape
        at = place.row.astype(np.int64) * n_out + place.col
        name = self._name("weights", len(self.sparse_constants))
        data = _raw_tensor(name, place.data)
        self.sparse_constants.append(
            helper.make_sparse_tensor(
                data, _raw_tensor(f"{name}_indices", at), [n_in, n_out]
            )
        )
        return name

    def cast(self, x, dtype):
        """Return `x` as numbers of `dtype`."""
        from onnx import helper

        return self.add("Cast", x, to=helper.np_dtype_to_tensor_dtype(np.dtype(dtype)))

    def output(self, name, x, dtype, shape):
        """Make a result an output of the graph."""
        from onnx import helper

        self.nodes.append(helper.make_node("Identity", [x], [name]))
        kind = helper.np_dtype_to_tensor_dtype(np.dtype(dtype))
        self.outputs.append(helper.make_tensor_value_info(name, kind, shape))

    def model(self):
        """Return the finished model, checked."""
        import onnx
        from onnx import helper

        domains = {"": _OPSET}
        if any(node.domain for node in self.nodes):
            domains["ai.onnx.ml"] = _ML_OPSET
        graph = helper.make_graph(
            self.nodes,
            "sparsekit",
            self.inputs,
            self.outputs,
            initializer=self.constants,
            sparse_initializer=self.sparse_constants,
        )
        model = helper.make_model(
            graph,
            opset_imports=[helper.make_opsetid(*domain) for domain in domains.items()],
            ir_version=_IR_VERSION,
            producer_name="sparsekit",
        )
        onnx.checker.check_model(model)
        return model


def _raw_tensor(name, array):
    from onnx import numpy_helper

    return numpy_helper.from_array(np.ascontiguousarray(array), name)
