namespace Mdf.Losses;

/// <summary>The classification network whose feature maps LPIPS compares.</summary>
public enum LpipsNetwork
{
    /// <summary>AlexNet: the fastest network, and the usual choice in publications that report LPIPS.</summary>
    Alex,

    /// <summary>VGG-16.</summary>
    Vgg,

    /// <summary>SqueezeNet 1.1: the network with the smallest file of weights.</summary>
    Squeeze,
}
