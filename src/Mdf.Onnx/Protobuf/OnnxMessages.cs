namespace Mdf.Onnx.Protobuf;

/// <summary>The messages of onnx.proto that a chain of layers needs. The numbers are the fields' in that file.</summary>
internal static class OnnxMessages
{
    /// <summary>Version of the operators.</summary>
    public const int Opset = 17;

    // The version of the file format that came with operators 17.
    private const int IrVersion = 8;

    /// <summary>ModelProto.</summary>
    public static ProtoMessage Model(ProtoMessage graph, string producerVersion, IEnumerable<KeyValuePair<string, string>> metadata)
    {
        ProtoMessage model = new ProtoMessage()
            .Add(1, IrVersion)
            .Add(2, "Mdf")
            .Add(3, producerVersion)
            .Add(7, graph)
            .Add(8, new ProtoMessage().Add(1, "").Add(2, Opset));
        foreach ((string key, string value) in metadata)
        {
            model.Add(14, new ProtoMessage().Add(1, key).Add(2, value));
        }

        return model;
    }

    /// <summary>NodeProto.</summary>
    /// <param name="operation">Name of the operator.</param>
    /// <param name="inputs">Names of the values that the node takes; an empty name for an optional one that is left out.</param>
    /// <param name="output">Name of the result, also the node's.</param>
    /// <param name="attributes">Messages made by one of the methods named Attribute.</param>
    public static ProtoMessage Node(string operation, IEnumerable<string> inputs, string output, params ProtoMessage[] attributes)
    {
        var node = new ProtoMessage();
        foreach (string input in inputs)
        {
            node.Add(1, input);
        }

        node.Add(2, output).Add(3, output).Add(4, operation);
        foreach (ProtoMessage attribute in attributes)
        {
            node.Add(5, attribute);
        }

        return node;
    }

    /// <summary>AttributeProto of a float.</summary>
    public static ProtoMessage Attribute(string name, float value) => new ProtoMessage().Add(1, name).Add(2, value).Add(20, 1);

    /// <summary>AttributeProto of an integer.</summary>
    public static ProtoMessage Attribute(string name, long value) => new ProtoMessage().Add(1, name).Add(3, value).Add(20, 2);

    /// <summary>AttributeProto of text.</summary>
    public static ProtoMessage Attribute(string name, string value) => new ProtoMessage().Add(1, name).Add(4, value).Add(20, 3);

    /// <summary>AttributeProto of a list of integers.</summary>
    public static ProtoMessage Attribute(string name, long[] values) =>
        values.Aggregate(new ProtoMessage().Add(1, name), (message, value) => message.Add(8, value)).Add(20, 7);

    /// <summary>TensorProto.</summary>
    public static ProtoMessage Tensor(string name, ElementType type, long[] shape, byte[] littleEndian) =>
        shape.Aggregate(new ProtoMessage(), (message, side) => message.Add(1, side)).Add(2, (long)type).Add(8, name).Add(9, littleEndian);

    /// <summary>ValueInfoProto of float32 images, (batch, channels, height, width), where sides are free and named.</summary>
    public static ProtoMessage Images(string name, int channels, string height, string width)
    {
        ProtoMessage shape = new ProtoMessage()
            .Add(1, Free("batch"))
            .Add(1, new ProtoMessage().Add(1, channels))
            .Add(1, Free(height))
            .Add(1, Free(width));
        ProtoMessage tensor = new ProtoMessage().Add(1, (long)ElementType.Float32).Add(2, shape);
        return new ProtoMessage().Add(1, name).Add(2, new ProtoMessage().Add(1, tensor));

        static ProtoMessage Free(string side) => new ProtoMessage().Add(2, side);
    }
}
