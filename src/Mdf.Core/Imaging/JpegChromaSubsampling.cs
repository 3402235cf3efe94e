namespace Mdf.Imaging;

/// <summary>Resolution of a JPEG file's colour channels relative to its brightness channel.</summary>
public enum JpegChromaSubsampling
{
    /// <summary>Colour has half the width and half the height (4:2:0), as in nearly all JPEG files.</summary>
    Samples420,

    /// <summary>Colour has full resolution (4:4:4).</summary>
    Samples444,
}
