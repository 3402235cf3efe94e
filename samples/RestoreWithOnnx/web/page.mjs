// Takes a network and a picture from the page, or from its address (?network=...&picture=...), and shows both pictures.
import { Network } from "./network.mjs";

const $ = id => document.getElementById(id);
let network = null;
let picture = null;
let isRunning = false;

async function run() {
  if (!network || !picture || isRunning) {
    return;
  }

  isRunning = true;
  const [chosenNetwork, chosenPicture] = [network, picture];
  try {
    show($("before"), chosenPicture);
    const begun = performance.now();
    const restored = await chosenNetwork.restore(chosenPicture, part => say(`Restoring: ${Math.round(100 * part)} %`));
    show($("after"), restored);
    $("after").toBlob(blob => {
      URL.revokeObjectURL($("save").href);
      $("save").href = URL.createObjectURL(blob);
      $("save").hidden = false;
    });
    say(`${restored.width} x ${restored.height} pixels in ${((performance.now() - begun) / 1000).toFixed(1)} s`, "done");
  } catch (error) {
    say(`The picture was not restored. ${error.message}`, "failed");
  } finally {
    isRunning = false;
  }

  // Others may have been chosen meanwhile.
  if (network !== chosenNetwork || picture !== chosenPicture) {
    await run();
  }
}

async function takeNetwork(blob) {
  try {
    say("Opening the network");
    network = await Network.open(new Uint8Array(await blob.arrayBuffer()));
    say(picture ? "" : "Choose a picture");
  } catch (error) {
    network = null;
    say(`The network cannot be used. ${error.message}`, "failed");
  }

  await run();
}

async function takePicture(blob) {
  try {
    const bitmap = await createImageBitmap(blob), canvas = new OffscreenCanvas(bitmap.width, bitmap.height);
    const context = canvas.getContext("2d");
    context.fillStyle = "white";
    context.fillRect(0, 0, bitmap.width, bitmap.height);
    context.drawImage(bitmap, 0, 0);
    picture = context.getImageData(0, 0, bitmap.width, bitmap.height);
    say(network ? "" : "Choose a network");
  } catch {
    picture = null;
    say("The picture cannot be read; choose a PNG, JPEG or WebP file.", "failed");
  }

  await run();
}

function show(canvas, image) {
  canvas.width = image.width;
  canvas.height = image.height;
  canvas.getContext("2d").putImageData(image, 0, 0);
}

function say(text, state = "busy") {
  $("message").textContent = text;
  document.body.dataset.state = state;
}

async function download(address) {
  const response = await fetch(address);
  if (!response.ok) {
    throw new Error(`${address}: ${response.status} ${response.statusText}`);
  }

  return response.blob();
}

$("network").addEventListener("change", event => takeNetwork(event.target.files[0]));
$("picture").addEventListener("change", event => takePicture(event.target.files[0]));
const address = new URLSearchParams(location.search);
try {
  if (address.has("network")) {
    await takeNetwork(await download(address.get("network")));
  }

  if (address.has("picture")) {
    await takePicture(await download(address.get("picture")));
  }
} catch (error) {
  say(error.message, "failed");
}
