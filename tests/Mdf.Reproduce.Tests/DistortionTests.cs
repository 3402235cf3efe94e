using Mdf.Degradations;
using Mdf.Imaging;
using Reproduce.Sensitivity;
using static TorchSharp.torch;

namespace Mdf.Reproduce.Tests;

public sealed class DistortionTests
{
    public static TheoryData<string, double> Cells()
    {
        var cells = new TheoryData<string, double>();
        foreach (Distortion distortion in Distortion.All)
        {
            foreach (double level in (double[])[20, 30, 40])
            {
                cells.Add(distortion.Name, level);
            }
        }

        return cells;
    }

    [Theory]
    [MemberData(nameof(Cells))]
    public void AtPsnr_AnyDistortionAndLevel_IsWithinAHundredthOfADecibel(string name, double level)
    {
        using var scope = NewDisposeScope();
        Tensor image = SyntheticImage.DeadLeaves(96, 80, seed: 4);

        Degradation degradation = Distortion.All.Single(d => d.Name == name).AtPsnr(image, level)!;

        Assert.InRange(
            Distortion.PsnrOf(degradation, image), level - PsnrCalibration.ToleranceDecibels, level + PsnrCalibration.ToleranceDecibels);
    }

    [Fact]
    public void AtPsnr_ContrastOfAFlatImage_IsNone()
    {
        using Tensor flat = full([1, 3, 48, 48], 0.5f) + (0.001f * rand(1, 3, 48, 48));

        Assert.Null(Distortion.All.Single(d => d.Name == "contrast").AtPsnr(flat, 20));
    }
}
