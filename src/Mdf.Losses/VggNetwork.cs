namespace Mdf.Losses;

/// <summary>The network whose feature maps the VGG loss compares.</summary>
public enum VggNetwork
{
    /// <summary>VGG-16, which the authors of MDF use.</summary>
    Vgg16,

    /// <summary>VGG-19.</summary>
    Vgg19,
}
