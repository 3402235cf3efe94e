namespace Mdf.Losses;

/// <summary>The network whose features LPIPS compares.</summary>
public enum LpipsNetwork
{
    /// <summary>AlexNet: the fastest, and what LPIPS is usually reported with.</summary>
    Alex,

    /// <summary>VGG-16.</summary>
    Vgg,

    /// <summary>SqueezeNet 1.1: the smallest.</summary>
    Squeeze,
}
