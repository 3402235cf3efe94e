namespace Mdf.Imaging;

/// <summary>How finely a JPEG file samples colour beside brightness.</summary>
public enum JpegChromaSubsampling
{
    /// <summary>Colour at half the width and half the height (4:2:0): what nearly every JPEG file has.</summary>
    Samples420,

    /// <summary>Colour at full size (4:4:4).</summary>
    Samples444,
}
