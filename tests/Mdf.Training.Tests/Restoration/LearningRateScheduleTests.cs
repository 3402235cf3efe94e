using Mdf.Training.Restoration;

namespace Mdf.Training.Tests.Restoration;

public sealed class LearningRateScheduleTests
{
    [Fact]
    public void FactorAt_EachSchedule_IsAsComputedByHand()
    {
        Assert.Equal([1, 1, 1], Factors(LearningRateSchedule.Constant, 0, 50, 99));
        Assert.Equal(
            [1, 1, 0.1, 0.1, 0.01], Factors(LearningRateSchedule.Step(30, 0.1), 0, 29, 30, 59, 60), (a, b) => Math.Abs(a - b) < 1e-12);
        Assert.Equal([1, 0.5, 0], Factors(LearningRateSchedule.Cosine(), 0, 50, 100), (a, b) => Math.Abs(a - b) < 1e-12);
        Assert.Equal([1, 0.6, 0.2], Factors(LearningRateSchedule.Cosine(0.2), 0, 50, 100), (a, b) => Math.Abs(a - b) < 1e-12);
    }

    [Fact]
    public void ToString_EachSchedule_TellsItsSettings()
    {
        Assert.Equal("constant", LearningRateSchedule.Constant.ToString());
        Assert.Equal("times 0.5 every 200 steps", LearningRateSchedule.Step(200).ToString());
        Assert.Equal("cosine to 0.01", LearningRateSchedule.Cosine(0.01).ToString());
    }

    [Fact]
    public void Create_SettingsOutOfRange_AreRefused()
    {
        Assert.Throws<ArgumentOutOfRangeException>(() => LearningRateSchedule.Step(0));
        Assert.Throws<ArgumentOutOfRangeException>(() => LearningRateSchedule.Step(1, 0));
        Assert.Throws<ArgumentOutOfRangeException>(() => LearningRateSchedule.Step(1, 1.1));
        Assert.Throws<ArgumentOutOfRangeException>(() => LearningRateSchedule.Cosine(-0.1));
        Assert.Throws<ArgumentOutOfRangeException>(() => LearningRateSchedule.Cosine(double.NaN));
    }

    private static double[] Factors(LearningRateSchedule schedule, params int[] steps) => [.. steps.Select(s => schedule.FactorAt(s, 100))];
}
