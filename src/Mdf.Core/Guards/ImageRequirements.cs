using static TorchSharp.torch;

namespace Mdf.Guards;

/// <summary>Describes the images that a loss or metric accepts.</summary>
internal interface IImageRequirements
{
    /// <summary>Number of channels; null for any.</summary>
    int? Channels { get; }

    /// <summary>Whether grey images are taken too, whatever the number of channels.</summary>
    bool TakesGray => false;

    /// <summary>Whether only grey images (1 channel) and RGB images (3 channels) are accepted.</summary>
    bool IsGrayOrRgb => false;

    /// <summary>Smallest height and width in pixels.</summary>
    int MinimumSide { get; }

    /// <summary>Device the images must be on; null for any.</summary>
    Device? Device { get; }
}

/// <summary>Describes images of any channels on any device with a smallest side.</summary>
internal sealed record AnyImages(int MinimumSide = 1) : IImageRequirements
{
    public int? Channels => null;

    public Device? Device => null;
}

/// <summary>Describes grey or RGB images on any device with a smallest side.</summary>
internal sealed record GrayOrRgbImages(int MinimumSide = 1) : IImageRequirements
{
    public int? Channels => null;

    public bool IsGrayOrRgb => true;

    public Device? Device => null;
}
