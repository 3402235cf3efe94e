// A network of "RestoreImages export", and its application to pictures in tiles.
import * as ort from "./node_modules/onnxruntime-web/dist/ort.wasm.min.mjs";

ort.env.wasm.numThreads = 1;
ort.env.logLevel = "fatal";

const metadataField = 14;
const utf8 = new TextDecoder("utf-8", { fatal: true });

/** Reads the metadata of an ONNX file, which ONNX Runtime does not show to JavaScript. */
export function readMetadata(bytes) {
  const metadata = new Map();
  for (const { field, value } of fields(bytes)) {
    if (field === metadataField) {
      const entry = new Map([...fields(value)].map(part => [part.field, utf8.decode(part.value)]));
      metadata.set(entry.get(1) ?? "", entry.get(2) ?? "");
    }
  }

  return metadata;
}

/** The fields of a message of protocol buffers that have a length; numbers are passed over. */
function* fields(bytes) {
  let position = 0;
  const number = () => {
    let result = 0;
    for (let shift = 1; ; shift *= 128) {
      if (position >= bytes.length || shift > 2 ** 49) {
        throw new Error("It is damaged or is not an ONNX file.");
      }

      const byte = bytes[position++];
      result += (byte % 128) * shift;
      if (byte < 128) {
        return result;
      }
    }
  };
  while (position < bytes.length) {
    const tag = number(), field = Math.floor(tag / 8);
    switch (tag % 8) {
      case 0: number(); break;
      case 1: position += 8; break;
      case 5: position += 4; break;
      case 2: {
        const length = number();
        if (length > bytes.length - position) {
          throw new Error("It is damaged or is not an ONNX file.");
        }

        yield { field, value: bytes.subarray(position, position + length) };
        position += length;
        break;
      }
      default: throw new Error("It is damaged or is not an ONNX file.");
    }
  }
}

export class Network {
  #session;

  /** Opens a network and checks its metadata. */
  static async open(bytes) {
    const metadata = readMetadata(bytes);
    if (metadata.get("format") !== "mdf-onnx" || metadata.get("version") !== "1") {
      throw new Error("It is no network of 'RestoreImages export': its metadata lacks format 'mdf-onnx', version '1'.");
    }

    const network = new Network();
    network.scale = number("scale", 1);
    network.channels = number("channels", 1);
    network.radius = metadata.get("receptive_radius") === "unlimited" ? null : number("receptive_radius", 0);
    if (network.channels !== 1 && network.channels !== 3) {
      throw new Error(`It restores images of ${network.channels} channels; pictures have 3, or 1 for grey.`);
    }

    network.#session = await ort.InferenceSession.create(bytes, { executionProviders: ["wasm"] });
    return network;

    function number(key, least) {
      const text = metadata.get(key) ?? "", value = Number(text);
      if (!/^\d+$/.test(text) || value < least) {
        throw new Error(`'${key}' in its metadata is '${text}'; expected a whole number of at least ${least}.`);
      }

      return value;
    }
  }

  /**
   * Restores an ImageData, tile by tile. Tiles overlap by the radius of the receptive field, so their seams do not show.
   * Transparency is left out, as on a white page.
   */
  async restore(picture, progress = () => {}, tileSide = 256) {
    const { width, height } = picture, overlap = this.radius ?? 0;
    const side = this.radius === null ? Math.max(width, height) : tileSide;
    const result = new ImageData(width * this.scale, height * this.scale);
    const all = Math.ceil(width / side) * Math.ceil(height / side);
    let done = 0;
    for (let row = 0; row < height; row += side) {
      for (let column = 0; column < width; column += side) {
        const top = Math.max(row - overlap, 0), left = Math.max(column - overlap, 0);
        const bottom = Math.min(row + side + overlap, height), right = Math.min(column + side + overlap, width);
        const seen = { top, left, height: bottom - top, width: right - left };
        const kept = { top: row, left: column, height: Math.min(side, height - row), width: Math.min(side, width - column) };
        this.#write(result, await this.#run(this.#read(picture, seen), seen), seen, kept);
        progress(++done / all);
      }
    }

    return result;
  }

  async #run(values, { height, width }) {
    const { restored } = await this.#session.run({
      images: new ort.Tensor("float32", values, [1, this.channels, height, width]),
    });
    return restored.data;
  }

  /** The part of a picture as values in [0, 1], channel by channel. */
  #read(picture, { top, left, height, width }) {
    const plane = height * width, values = new Float32Array(this.channels * plane);
    for (let y = 0; y < height; y++) {
      for (let x = 0; x < width; x++) {
        const from = 4 * ((top + y) * picture.width + left + x), to = y * width + x;
        const [red, green, blue] = picture.data.subarray(from, from + 3);
        if (this.channels === 1) {
          values[to] = (0.299 * red + 0.587 * green + 0.114 * blue) / 255;
        } else {
          values[to] = red / 255;
          values[plane + to] = green / 255;
          values[2 * plane + to] = blue / 255;
        }
      }
    }

    return values;
  }

  /** Writes the middle of a restored tile, without the overlap. */
  #write(result, values, seen, kept) {
    const { scale, channels } = this, width = seen.width * scale, plane = width * seen.height * scale;
    for (let y = kept.top * scale; y < (kept.top + kept.height) * scale; y++) {
      for (let x = kept.left * scale; x < (kept.left + kept.width) * scale; x++) {
        const from = (y - seen.top * scale) * width + x - seen.left * scale, to = 4 * (y * result.width + x);
        for (let channel = 0; channel < 3; channel++) {
          // The array rounds and limits to 0 to 255 by itself.
          result.data[to + channel] = 255 * values[(channels === 1 ? 0 : channel) * plane + from];
        }

        result.data[to + 3] = 255;
      }
    }
  }
}
