"""Fitted networks in other forms: smaller, for numpy alone, as ONNX graphs."""
