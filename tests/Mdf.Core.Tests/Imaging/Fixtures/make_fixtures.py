"""Writes the small pictures that the tests of Mdf.Imaging read. Needs Python 3.9+ and Pillow 9+.

Every picture shows the same 24 x 16 pattern, so the tests can compute what they expect:
R = 10 x, G = 16 y, B = 255 - 5 (x + y). PNG variants Pillow cannot write (16 bits of colour, Adam7) are assembled here.
"""
import struct
import zlib
from pathlib import Path

from PIL import Image

FOLDER = Path(__file__).resolve().parent
WIDTH, HEIGHT = 24, 16
ADAM7 = [(0, 0, 8, 8), (4, 0, 8, 8), (0, 4, 4, 8), (2, 0, 4, 4), (0, 2, 2, 4), (1, 0, 2, 2), (0, 1, 1, 2)]
ORIENTATION_TAG = 0x0112


def colour(x, y):
    return 10 * x, 16 * y, 255 - 5 * (x + y)


def pattern():
    image = Image.new("RGB", (WIDTH, HEIGHT))
    image.putdata([colour(x, y) for y in range(HEIGHT) for x in range(WIDTH)])
    return image


def ink(*rgb):
    """The four inks of a colour, as much of it as possible black."""
    brightest = max(rgb)
    return tuple(255 - round(255 * v / brightest) for v in rgb) + (255 - brightest,)


def chunk(kind, body):
    return struct.pack(">I", len(body)) + kind + body + struct.pack(">I", zlib.crc32(kind + body))


def png(name, width, height, depth, colour_type, scanlines, interlaced=False, extra=b""):
    header = struct.pack(">IIBBBBB", width, height, depth, colour_type, 0, 0, int(interlaced))
    pixels = b"".join(b"\0" + line for line in scanlines)
    (FOLDER / name).write_bytes(
        b"\x89PNG\r\n\x1a\n" + chunk(b"IHDR", header) + extra + chunk(b"IDAT", zlib.compress(pixels, 9)) + chunk(b"IEND", b""))


def adam7_scanlines(depth=8):
    for x0, y0, dx, dy in ADAM7:
        for y in range(y0, HEIGHT, dy):
            line = b"".join(bytes(colour(x, y)) for x in range(x0, WIDTH, dx))
            yield line if depth == 8 else bytes(v for byte in line for v in (byte, byte))


def filtered(name, lines):
    """A 16-bit grey PNG whose rows go through the five row filters in turn."""
    def paeth(a, b, c):
        p = a + b - c
        return min((abs(p - a), 0, a), (abs(p - b), 1, b), (abs(p - c), 2, c))[2]

    predict = [lambda a, b, c: 0, lambda a, b, c: a, lambda a, b, c: b, lambda a, b, c: (a + b) // 2, paeth]
    above, rows = bytes(128), b""
    for y, line in enumerate(lines):
        row = struct.pack(">64H", *line)
        shifted = lambda r, i: r[i - 2] if i >= 2 else 0
        rows += bytes([y % 5]) + bytes(
            (row[i] - predict[y % 5](shifted(row, i), above[i], shifted(above, i))) % 256 for i in range(128))
        above = row
    header = struct.pack(">IIBBBBB", 64, len(lines), 16, 0, 0, 0, 0)
    (FOLDER / name).write_bytes(b"\x89PNG\r\n\x1a\n" + chunk(b"IHDR", header)
                                + chunk(b"IDAT", zlib.compress(rows, 9)) + chunk(b"IEND", b""))


def icc_linear_light():
    """An RGB display profile whose tone curve is linear and whose red and blue are swapped: applying it is easy to see."""
    def xyz(x, y, z):
        return b"XYZ \0\0\0\0" + struct.pack(">iii", *(round(v * 65536) for v in (x, y, z)))

    description = b"linear, red and blue swapped\0"
    curve = b"curv\0\0\0\0" + struct.pack(">I", 0)
    tags = [
        (b"desc", b"desc\0\0\0\0" + struct.pack(">I", len(description)) + description + bytes(78)),
        (b"wtpt", xyz(0.9642, 1.0, 0.8249)),
        (b"rXYZ", xyz(0.1431, 0.0606, 0.7141)),
        (b"gXYZ", xyz(0.3851, 0.7169, 0.0971)),
        (b"bXYZ", xyz(0.4361, 0.2225, 0.0139)),
        (b"rTRC", curve), (b"gTRC", curve), (b"bTRC", curve),
    ]
    table, body, offset = b"", b"", 128 + 4 + 12 * len(tags)
    for kind, data in tags:
        data += bytes(-len(data) % 4)
        table += kind + struct.pack(">II", offset + len(body), len(data))
        body += data
    size = offset + len(body)
    header = struct.pack(">I4sI4s4s4s12s4s", size, b"\0" * 4, 0x02100000, b"mntr", b"RGB ", b"XYZ ",
                         struct.pack(">6H", 2026, 1, 1, 0, 0, 0), b"acsp")
    header = header.ljust(68, b"\0") + struct.pack(">iii", 63190, 65536, 54061)
    return header.ljust(128, b"\0") + struct.pack(">I", len(tags)) + table + body


def main():
    image = pattern()
    gray = Image.new("L", image.size)
    gray.putdata([10 * x for _ in range(HEIGHT) for x in range(WIDTH)])
    rgba = image.convert("RGBA")
    rgba.putalpha(gray)

    image.save(FOLDER / "rgb8.png")
    gray.save(FOLDER / "gray8.png")
    rgba.save(FOLDER / "rgba8.png")
    Image.merge("LA", (gray, gray.transpose(Image.Transpose.FLIP_LEFT_RIGHT))).save(FOLDER / "gray_alpha8.png")
    gray.point(lambda v: 255 if v >= 120 else 0).convert("1").save(FOLDER / "gray1.png")
    palette = image.quantize(8, dither=Image.Dither.NONE)
    palette.save(FOLDER / "palette.png")
    palette.convert("RGB").save(FOLDER / "palette_as_rgb.png")
    palette.save(FOLDER / "palette_transparent.png", transparency=palette.getpixel((0, 0)))
    image.save(FOLDER / "icc.png", icc_profile=icc_linear_light())
    rgb_lines = [b"".join(bytes(colour(x, y)) for x in range(WIDTH)) for y in range(HEIGHT)]
    png("gamma.png", WIDTH, HEIGHT, 8, 2, rgb_lines, extra=chunk(b"gAMA", struct.pack(">I", 100000)))
    png("interlaced.png", WIDTH, HEIGHT, 8, 2, adam7_scanlines(), interlaced=True)

    # 16 bits: neighbours differ by 32/65535, an eighth of an 8-bit step. The transparent one has half-transparent colours.
    levels = range(0, 65536, 32)
    lines = [levels[i:i + 64] for i in range(0, 2048, 64)]
    png("gray16.png", 64, 32, 16, 0, [struct.pack(">64H", *line) for line in lines])
    rgb16 = [b"".join(struct.pack(">3H", v, 65535 - v, v // 2) for v in line) for line in lines]
    png("rgb16.png", 64, 32, 16, 2, rgb16)
    png("icc16.png", 64, 32, 16, 2, rgb16,
        extra=chunk(b"iCCP", b"linear\0\0" + zlib.compress(icc_linear_light(), 9)))
    key = chunk(b"tRNS", struct.pack(">H", levels[100]))
    png("gray16_key.png", 64, 32, 16, 0, [struct.pack(">64H", *line) for line in lines], extra=key)
    png("gray_alpha16.png", 64, 32, 16, 4, [b"".join(struct.pack(">2H", v, 65535 - v) for v in line) for line in lines])
    png("interlaced16.png", WIDTH, HEIGHT, 16, 2, adam7_scanlines(16), interlaced=True)
    filtered("filters16.png", lines)
    png("rgba16.png", 64, 32, 16, 6, [b"".join(struct.pack(">4H", v, 65535 - v, v // 2, 32768) for v in line) for line in lines])

    image.save(FOLDER / "rgb24.bmp")
    palette.save(FOLDER / "palette.bmp")
    image.save(FOLDER / "lossless.webp", lossless=True)
    image.save(FOLDER / "lossy.webp", quality=95)
    rgba.save(FOLDER / "alpha.webp", lossless=True, exact=True)
    image.save(FOLDER / "animation.gif")

    jpeg = dict(quality=95, subsampling=0)
    image.save(FOLDER / "baseline.jpg", **jpeg)
    image.save(FOLDER / "progressive.jpg", progressive=True, **jpeg)
    image.save(FOLDER / "icc.jpg", icc_profile=icc_linear_light(), **jpeg)
    gray.save(FOLDER / "gray.jpg", quality=95)
    cmyk = Image.new("CMYK", image.size)
    cmyk.putdata([ink(*rgb) for rgb in image.getdata()])
    cmyk.save(FOLDER / "cmyk.jpg", quality=98)

    transposes = Image.Transpose
    stored_from_upright = {
        1: None, 2: transposes.FLIP_LEFT_RIGHT, 3: transposes.ROTATE_180, 4: transposes.FLIP_TOP_BOTTOM,
        5: transposes.TRANSPOSE, 6: transposes.ROTATE_90, 7: transposes.TRANSVERSE, 8: transposes.ROTATE_270,
    }
    for orientation, transpose in stored_from_upright.items():
        stored = image if transpose is None else image.transpose(transpose)
        exif = Image.Exif()
        exif[ORIENTATION_TAG] = orientation
        stored.save(FOLDER / f"orientation{orientation}.jpg", exif=exif, **jpeg)
        if orientation == 6:
            stored.save(FOLDER / "orientation6.webp", exif=exif, lossless=True)


if __name__ == "__main__":
    main()
