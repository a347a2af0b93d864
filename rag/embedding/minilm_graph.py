"""Assembles `minilm.onnx`: the computation graph of all-MiniLM-L6-v2, without its weights.

    input_ids, mask → EmbedLayerNormalization
                    → 6 × (MultiHeadAttention → SkipLayerNormalization → BiasGelu
                           → SkipLayerNormalization)
                    → sum over the unmasked tokens → LpNormalization → vectors

Each weight is a reference to its bytes in the published `model.safetensors`, which
onnxruntime maps into memory. The fused operators are onnxruntime's (domain com.microsoft);
its generic optimiser finds only some of these fusions in an exported graph. The service
reads the file that is kept beside this module; the `onnx` package is only needed here. After
a change: `manage.py shell -c "from rag.embedding.minilm_graph import write; write()"`.
"""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

import numpy as np
from onnx import NodeProto, TensorProto, helper, numpy_helper

from rag.embedding.minilm_files import DIMENSIONS, GRAPH_FILE, WEIGHTS_NAME, model_folder

_LAYERS = 6
_HEADS = 12
_EPSILON = 1e-12
_FUSED = "com.microsoft"

# Of each tensor in the file: its shape, and its bytes as a half-open range.
Layout = Mapping[str, tuple[Sequence[int], tuple[int, int]]]


def write() -> None:
    """Writes the graph for the installed weights beside this module."""
    folder = model_folder()
    if folder is None:
        raise SystemExit("The embedding model is not installed.")
    GRAPH_FILE.write_bytes(assemble(read_layout(folder / WEIGHTS_NAME)))


def read_layout(file: Path) -> Layout:
    """The layout of a safetensors file: eight bytes of length, a JSON header, the data."""
    with file.open("rb") as content:
        length = int.from_bytes(content.read(8), "little")
        header = json.loads(content.read(length))
    first = 8 + length
    return {
        name: (
            tensor["shape"],
            (first + tensor["data_offsets"][0], first + tensor["data_offsets"][1]),
        )
        for name, tensor in header.items()
        if tensor.get("dtype") == "F32"
    }


class _Builder:
    """Collects nodes and constants; every method returns the name of what it added."""

    def __init__(self, layout: Layout) -> None:
        self.layout = layout
        self.nodes: list[NodeProto] = []
        self.constants: list[TensorProto] = []

    def axis(self, name: str, value: int) -> str:
        self.constants.append(numpy_helper.from_array(np.array([value], np.int64), name))
        return name

    def weight(self, name: str) -> str:
        """A tensor of the published file."""
        shape, (first, last) = self.layout[name]
        tensor = TensorProto(
            name=name, data_type=TensorProto.FLOAT, data_location=TensorProto.EXTERNAL, dims=shape
        )
        place = {"location": WEIGHTS_NAME, "offset": str(first), "length": str(last - first)}
        for key, value in place.items():
            tensor.external_data.add(key=key, value=value)
        self.constants.append(tensor)
        return name

    def node(self, operator: str, inputs: Sequence[str], output: str, **attributes: Any) -> str:
        self.nodes.append(helper.make_node(operator, inputs, [output], **attributes))
        return output

    def linear(self, source: str, layer: str) -> str:
        """`source` times the layer's matrix, without its bias: the next fused node adds it."""
        return self.node(
            "FusedMatMul",
            [source, self.weight(f"{layer}.weight")],
            f"{layer}.product",
            domain=_FUSED,
            transB=1,  # the file holds outputs × inputs
        )

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


def assemble(layout: Layout) -> bytes:
    """The serialised model.

    Its inputs are `input_ids` and `mask` (int32, batch × tokens, padding on
    the right, mask 1 for tokens and 0 for padding); its output `vectors`
    (float32, batch × 384, rows of unit length).
    """
    builder = _Builder(layout)
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
    # A single text is all of type 0, so that row is added to the positions; onnxruntime
    # does so once, as it loads the graph.
    types = builder.weight("embeddings.token_type_embeddings.weight")
    first = builder.node("Gather", [types, builder.axis("first_type", 0)], "embeddings.type")
    positions = builder.weight("embeddings.position_embeddings.weight")
    inputs = [
        "input_ids",
        "",
        builder.weight("embeddings.word_embeddings.weight"),
        builder.node("Add", [positions, first], "embeddings.positions"),
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
    biases = [builder.weight(f"{part}.bias") for part in parts]
    attended = builder.node(
        "MultiHeadAttention",
        [
            *(builder.linear(hidden, part) for part in parts),
            builder.node("Concat", biases, f"{prefix}.qkv.bias", axis=0),
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
    middle = builder.axis("middle_axis", 1)
    mask = builder.node("Cast", ["mask"], "mask.float", to=TensorProto.FLOAT)
    mask = builder.node("Unsqueeze", [mask, middle], "mask.row")
    total = builder.node("MatMul", [mask, hidden], "sum.row")
    total = builder.node("Squeeze", [total, middle], "sum")
    builder.node("LpNormalization", [total], "vectors", axis=-1, p=2)
