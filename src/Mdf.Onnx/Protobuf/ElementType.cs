namespace Mdf.Onnx.Protobuf;

/// <summary>Element types with their numbers in TensorProto.DataType.</summary>
internal enum ElementType
{
    /// <summary>32-bit floating point.</summary>
    Float32 = 1,

    /// <summary>16-bit floating point.</summary>
    Float16 = 10,
}
