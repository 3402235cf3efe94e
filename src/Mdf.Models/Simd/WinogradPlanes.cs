namespace Mdf.Models.Simd;

/// <summary>Where the tiles that <see cref="WinogradInputs"/> transforms lie: a plane for each point, of vectors of 16 channels.</summary>
/// <param name="start">Address of the first plane.</param>
/// <param name="stride">Number of values between the starts of two planes.</param>
/// <param name="tileStride">Number of values between two tiles.</param>
/// <param name="channelStride">Number of values between two vectors of channels, divided by the channels between them.</param>
internal readonly unsafe struct WinogradPlanes(float* start, long stride, long tileStride, long channelStride)
{
    /// <summary>Number of values between the starts of two planes.</summary>
    public readonly long Stride = stride;

    private readonly float* start = start;
    private readonly long tileStride = tileStride;
    private readonly long channelStride = channelStride;

    /// <summary>Returns the address of a tile's vector in the first plane.</summary>
    public float* At(int tile, int channel) => start + (tile * tileStride) + (channel * channelStride);
}
