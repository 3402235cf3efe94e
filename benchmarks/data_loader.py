"""Patches a second of PyTorch's DataLoader with Pillow: the work of `Mdf.Benchmarks data`. Needs python3-torch and python3-pil.

python3 benchmarks/data_loader.py FOLDER BATCHES
"""
import glob
import os
import random
import statistics
import sys
import time

import torch
from PIL import Image
from torch.utils.data import DataLoader, Dataset

BATCH, PATCH, ROUNDS = 16, 48, 5


class Patches(Dataset):
    """Random crops in random orientations, degraded and reference alike."""

    def __init__(self, folder, count, keep):
        self.paths = sorted(glob.glob(os.path.join(folder, "*.jpg")))
        self.count = count
        self.kept = [self.pixels(path) for path in self.paths] if keep else None

    @staticmethod
    def pixels(path):
        with Image.open(path) as image:
            image = image.convert("RGB")
            flat = torch.frombuffer(bytearray(image.tobytes()), dtype=torch.uint8)
            return flat.view(image.height, image.width, 3)

    def __len__(self):
        return self.count

    def __getitem__(self, index):
        draw = random.Random(index)
        which = draw.randrange(len(self.paths))
        image = self.kept[which] if self.kept else self.pixels(self.paths[which])
        top, left = draw.randrange(image.shape[0] - PATCH + 1), draw.randrange(image.shape[1] - PATCH + 1)
        patch = image[top:top + PATCH, left:left + PATCH].permute(2, 0, 1)
        flips = [axis for axis in (1, 2) if draw.random() < 0.5]
        patch = patch.flip(flips) if flips else patch
        patch = patch.transpose(1, 2) if draw.random() < 0.5 else patch
        reference = patch.contiguous().float().div(255)
        return reference.clone(), reference


def main():
    folder, batches = sys.argv[1], int(sys.argv[2])
    torch.set_num_threads(1)
    for kind, keep in (("decoded for each patch", False), ("decoded once, kept in memory", True)):
        count = batches * (10 if keep else 1)
        data = Patches(folder, count * BATCH, keep)
        for workers in (0, 1, 2, 4):
            loader = DataLoader(data, batch_size=BATCH, num_workers=workers, persistent_workers=workers > 0)
            speeds = []
            for _ in range(ROUNDS + 1):
                batch = iter(loader)
                next(batch)
                start = time.perf_counter()
                for _ in batch:
                    pass
                speeds.append((count - 1) * BATCH / (time.perf_counter() - start))
            speeds = sorted(speeds[1:])
            print(f"{kind}, {workers} workers: {statistics.median(speeds):.0f} patches/s ({speeds[0]:.0f} to {speeds[-1]:.0f})", flush=True)


if __name__ == "__main__":
    main()
