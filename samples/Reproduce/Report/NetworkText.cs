using Mdf.Models.Restoration;

namespace Reproduce.Report;

/// <summary>Describes the architecture of a network in a few words.</summary>
internal static class NetworkText
{
    public static string Of(RestorationOptions network) => network switch
    {
        EdsrOptions edsr => $"EDSR, {edsr.Blocks} {(edsr.Blocks == 1 ? "block" : "blocks")} of {edsr.Width} channels",
        SrResNetOptions resNet => $"SRResNet, {resNet.Blocks} {(resNet.Blocks == 1 ? "block" : "blocks")} of {resNet.Width} channels",
        DnCnnOptions dnCnn => $"DnCNN, {dnCnn.Layers} layers of {dnCnn.Width} channels",
        _ => network.ToString(),
    };
}
