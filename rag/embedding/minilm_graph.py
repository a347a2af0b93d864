"""The computation graph of all-MiniLM-L6-v2, assembled from its published weights.

    input_ids, mask → EmbedLayerNormalization
                    → 6 × (Attention → SkipLayerNormalization → BiasGelu → SkipLayerNormalization)
                    → sum over the unmasked tokens → LpNormalization → vectors

The fused operators are onnxruntime's (domain com.microsoft); its generic
optimiser finds only some of these fusions in an exported graph. A change here
that changes the graph goes with a new `GRAPH_VERSION` in `onnx_backend`.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

import numpy as np
from numpy.typing import NDArray
from onnx import NodeProto, TensorProto, helper, numpy_helper

from rag.embedding.minilm_files import DIMENSIONS, MAX_TOKENS

_LAYERS = 6
_HEADS = 12
_EPSILON = 1e-12
_FUSED = "com.microsoft"

Weights = Mapping[str, NDArray[np.float32]]


class _Builder:
    """Collects nodes and constants; every method returns the name of what it added."""

    def __init__(self, weights: Weights) -> None:
        self.weights = weights
        self.nodes: list[NodeProto] = []
        self.constants: list[TensorProto] = []

    def constant(self, name: str, value: NDArray[np.generic]) -> str:
        self.constants.append(numpy_helper.from_array(np.ascontiguousarray(value), name))
        return name

    def weight(self, name: str) -> str:
        return self.constant(name, self.weights[name])

    def node(self, operator: str, inputs: Sequence[str], output: str, **attributes: Any) -> str:
        self.nodes.append(helper.make_node(operator, inputs, [output], **attributes))
        return output

    def linear(self, source: str, layer: str) -> str:
        """`source` times the layer's matrix, without its bias: the next fused node adds it."""
        matrix = self.constant(f"{layer}.weight", self.weights[f"{layer}.weight"].T)
        return self.node("MatMul", [source, matrix], f"{layer}.product")

    def add_and_normalise(self, product: str, skip: str, block: str) -> str:
        """Layer norm of (product + bias + skip), with the weights of a BERT output block."""
        norm, bias = f"{block}.LayerNorm", f"{block}.dense.bias"
        return self.node(
            "SkipLayerNormalization",
            [
                product,
                skip,
                *map(self.weight, (f"{norm}.weight", f"{norm}.bias", bias)),
            ],
            f"{block}.normalised",
            domain=_FUSED,
            epsilon=_EPSILON,
        )


def assemble(weights: Weights) -> bytes:
    """The serialised model.

    Its inputs are `input_ids` and `mask` (int32, batch × tokens, padding on
    the right, mask 1 for tokens and 0 for padding); its output `vectors`
    (float32, batch × 384, rows of unit length).
    """
    builder = _Builder(weights)
    hidden = _embeddings(builder)
    for number in range(_LAYERS):
        hidden = _layer(builder, hidden, f"encoder.layer.{number}")
    _pool(builder, hidden)
    graph = helper.make_graph(
        builder.nodes,
        "all-MiniLM-L6-v2",
        [
            helper.make_tensor_value_info(name, TensorProto.INT32, ["batch", "tokens"])
            for name in ("input_ids", "mask")
        ],
        [helper.make_tensor_value_info("vectors", TensorProto.FLOAT, ["batch", DIMENSIONS])],
        builder.constants,
    )
    model = helper.make_model(
        graph,
        opset_imports=[helper.make_opsetid("", 17), helper.make_opsetid(_FUSED, 1)],
        ir_version=8,
    )
    return bytes(model.SerializeToString())


def _embeddings(builder: _Builder) -> str:
    """Adds the embeddings; also makes "lengths", the number of tokens of each row."""
    # A single text is all of type 0, so that row is added to the positions here.
    positions = (
        builder.weights["embeddings.position_embeddings.weight"][:MAX_TOKENS]
        + builder.weights["embeddings.token_type_embeddings.weight"][0]
    )
    inputs = [
        "input_ids",
        "",
        builder.weight("embeddings.word_embeddings.weight"),
        builder.constant("embeddings.positions", positions),
        "",
        builder.weight("embeddings.LayerNorm.weight"),
        builder.weight("embeddings.LayerNorm.bias"),
        "mask",
    ]
    builder.nodes.append(
        helper.make_node(
            "EmbedLayerNormalization",
            inputs,
            ["embeddings", "lengths"],
            domain=_FUSED,
            epsilon=_EPSILON,
        )
    )
    return "embeddings"


def _layer(builder: _Builder, hidden: str, prefix: str) -> str:
    """Adds one transformer layer."""
    parts = [f"{prefix}.attention.self.{part}" for part in ("query", "key", "value")]
    matrices = [builder.weights[f"{part}.weight"].T for part in parts]
    biases = [builder.weights[f"{part}.bias"] for part in parts]
    attended = builder.node(
        "Attention",
        [
            hidden,
            builder.constant(f"{prefix}.qkv.weight", np.concatenate(matrices, axis=1)),
            builder.constant(f"{prefix}.qkv.bias", np.concatenate(biases)),
            "lengths",
        ],
        f"{prefix}.attended",
        domain=_FUSED,
        num_heads=_HEADS,
    )
    block = f"{prefix}.attention.output"
    hidden = builder.add_and_normalise(builder.linear(attended, f"{block}.dense"), hidden, block)

    wide = f"{prefix}.intermediate.dense"
    # The exact gelu (with erf), as the model was trained; FastGelu approximates it.
    activated = builder.node(
        "BiasGelu",
        [builder.linear(hidden, wide), builder.weight(f"{wide}.bias")],
        f"{wide}.activated",
        domain=_FUSED,
    )
    block = f"{prefix}.output"
    return builder.add_and_normalise(builder.linear(activated, f"{block}.dense"), hidden, block)


def _pool(builder: _Builder, hidden: str) -> None:
    """Adds mean pooling and unit length.

    The sum stands for the mean: the two differ by a factor, which the
    normalisation takes out.
    """
    middle = builder.constant("middle_axis", np.array([1], np.int64))
    mask = builder.node("Cast", ["mask"], "mask.float", to=TensorProto.FLOAT)
    mask = builder.node("Unsqueeze", [mask, middle], "mask.row")
    total = builder.node("MatMul", [mask, hidden], "sum.row")
    total = builder.node("Squeeze", [total, middle], "sum")
    builder.node("LpNormalization", [total], "vectors", axis=-1, p=2)
