"""Makes the PyTorch checkpoints beside this script (PyTorch 1.13 was used). Their contents follow formulas that the tests repeat."""
import argparse
import collections
import datetime
import os
import pathlib
import sys
import types

import numpy
import torch

here = pathlib.Path(__file__).resolve().parent
os.chdir(here)


def weights():
    base = torch.arange(24, dtype=torch.float32)
    return collections.OrderedDict([
        ("float32", base.reshape(2, 3, 4) / 8),
        ("float64", torch.arange(6, dtype=torch.float64).reshape(3, 2) / 3),
        ("float16", torch.arange(5).half() / 4),
        ("bfloat16", torch.arange(5).bfloat16() / 4),
        ("int64", torch.tensor([-(2 ** 40), 0, 2 ** 40])),
        ("int32", torch.tensor([-7, 7], dtype=torch.int32)),
        ("int16", torch.tensor([-300, 300], dtype=torch.int16)),
        ("int8", torch.tensor([-100, 100], dtype=torch.int8)),
        ("uint8", torch.tensor([0, 200, 255], dtype=torch.uint8)),
        ("bool", torch.tensor([True, False, True])),
        ("scalar", torch.tensor(2.5)),
        ("empty", torch.zeros(0, 3)),
        ("shared.whole", base),
        ("shared.tail", base[20:]),
        ("shared.column", base.reshape(4, 6)[:, 1]),
        ("shared.transposed", base.reshape(4, 6).t()),
        ("expanded", base[3:4].expand(5)),
    ])


class Block(torch.nn.Module):
    """Stands for a class that the reader has never heard of."""

    def __init__(self):
        super().__init__()
        self.conv = torch.nn.Conv2d(1, 2, 3)
        self.norm = torch.nn.BatchNorm2d(2)
        self.register_buffer("scratch", torch.ones(2), persistent=False)
        self.note = "settings that are no weights"

    def fill(self, start):
        with torch.no_grad():
            for i, tensor in enumerate(self.state_dict().values()):
                tensor.copy_((torch.arange(tensor.numel()).reshape(tensor.shape) + start + 100 * i).to(tensor.dtype))
        return self


# Pickled classes carry the name of the module they come from, and old files its source.
unknown = types.ModuleType("somewhere.models")
sys.modules["somewhere"] = types.ModuleType("somewhere")
sys.modules["somewhere.models"] = unknown
Block.__module__ = "somewhere.models"
unknown.Block = Block

torch.serialization.get_source_lines_and_file = lambda *_, **__: (["class Block:\n", "    pass\n"], 1, "models.py")

legacy = dict(_use_new_zipfile_serialization=False)
torch.save(weights(), "zip.pth")
torch.save(weights(), "zip_protocol4.pth", pickle_protocol=4)
torch.save(weights(), "legacy.pth", **legacy)
torch.save([Block().eval().fill(0), torch.nn.DataParallel(Block().eval().fill(1000))], "zip_modules.pth")
torch.save([Block().eval().fill(0), torch.nn.DataParallel(Block().eval().fill(1000))], "legacy_modules.pth", **legacy)

network = torch.nn.DataParallel(Block().fill(0))
optimizer = torch.optim.Adam(network.parameters())
checkpoint = {"epoch": 3, "best_psnr": 31.5, "optimizer": optimizer.state_dict(), "state_dict": network.state_dict()}
torch.save(checkpoint, "zip_training.pth")
torch.save({"params": Block().fill(0).state_dict(), "params_ema": Block().fill(500).state_dict()}, "zip_params.pth")


class Subclass(torch.Tensor):
    """A tensor subclass, which is pickled by a function of its own."""


Subclass.__module__ = "somewhere.models"
unknown.Subclass = Subclass
tied = torch.nn.Linear(1, 1, bias=False)
values = {
    "weights": {"learned": torch.nn.Parameter(torch.ones(2)), "subclass": torch.ones(2).as_subclass(Subclass), "nested": [(1, torch.ones(2))]},
    "tied": torch.nn.Sequential(tied, tied),
    "arguments": argparse.Namespace(device=torch.device("cuda:0"), dtype=torch.float32, size=torch.Size([1, 2])),
    "numpy": [numpy.float64(3.5), numpy.int64(3), numpy.bool_(True), numpy.str_("x"), numpy.arange(3.0)],
    "python": [3 + 4j, range(3), slice(1, 2), {1, 2}, frozenset([1]), b"abc", bytearray(b"abc"), 2 ** 100, float("nan"), {True: 1, None: 2, (1, 2): 3, 0.5: 4}],
    "collections": [collections.defaultdict(list, {"a": [1]}), collections.Counter("aab"), collections.deque([1, 2])],
    "others": [datetime.datetime(2021, 3, 26), datetime.timedelta(1), pathlib.PurePosixPath("x")],
}
torch.save(values, "zip_values.pth")
torch.save(values, "zip_values5.pth", pickle_protocol=5)
