using System.Buffers.Binary;
using System.Text;
using System.Text.Json;
using System.Text.Json.Nodes;

namespace Mdf.Packaging.Tests.Samples;

/// <summary>Writes checkpoints of small networks with random weights, without libtorch, which this project has not.</summary>
internal static class MadeUpCheckpoint
{
    /// <summary>A DnCNN of three convolutions with biases.</summary>
    public static void DnCnn(string path, int channels) => Write(
        path,
        $$"""{"$type":"dncnn","Channels":{{channels}},"Layers":3,"Width":8,"Normalization":false,"Biases":true}""",
        [("dncnn.0", 8, channels), ("dncnn.2", 8, 8), ("dncnn.4", channels, 8)]);

    /// <summary>An MSRResNet of one block that enlarges twice.</summary>
    public static void MsrResNet(string path) => Write(
        path,
        """{"$type":"msrresnet","Scale":2,"Blocks":1,"Width":6}""",
        [
            ("conv_first", 6, 3), ("body.0.conv1", 6, 6), ("body.0.conv2", 6, 6), ("upconv1", 24, 6), ("conv_hr", 6, 6),
            ("conv_last", 3, 6),
        ]);

    private static void Write(string path, string options, (string Name, int Outputs, int Inputs)[] convolutions)
    {
        var random = new Random(1);
        using var data = new MemoryStream();
        var header = new JsonObject
        {
            ["__metadata__"] = new JsonObject { ["format"] = "mdf-restoration", ["version"] = "1", ["network"] = options },
        };
        foreach ((string name, int outputs, int inputs) in convolutions)
        {
            // Large enough to change pictures by many levels.
            Add($"{name}.weight", [outputs, inputs, 3, 3], 1.5 / Math.Sqrt(9 * inputs));
            Add($"{name}.bias", [outputs], 0.05);
        }

        byte[] json = Encoding.UTF8.GetBytes(header.ToJsonString(new JsonSerializerOptions()));
        byte[] length = new byte[8];
        BinaryPrimitives.WriteInt64LittleEndian(length, json.Length);
        File.WriteAllBytes(path, [.. length, .. json, .. data.ToArray()]);

        void Add(string name, int[] shape, double deviation)
        {
            long begin = data.Length;
            byte[] number = new byte[4];
            for (int i = shape.Aggregate(1, (product, side) => product * side); i > 0; i--)
            {
                BinaryPrimitives.WriteSingleLittleEndian(number, (float)(((2 * random.NextDouble()) - 1) * deviation));
                data.Write(number);
            }

            header[name] = new JsonObject
            {
                ["dtype"] = "F32",
                ["shape"] = new JsonArray([.. shape.Select(side => (JsonNode)side)]),
                ["data_offsets"] = new JsonArray(begin, data.Length),
            };
        }
    }
}
