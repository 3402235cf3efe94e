namespace Reproduce.Report;

/// <summary>
/// The table of the paper's supplement: PSNR in decibels and LPIPS, in the order of <see cref="Losses.LossNames.All"/>.
/// </summary>
internal static class PaperTable
{
    private static readonly Dictionary<(string Row, string Dataset), string> Rows = new()
    {
        [("EDSR", "DIV2K")] = "28.70/.342 29.22/.315 29.21/.293 28.70/.342 28.10/.278 28.34/.283 28.87/.283 29.51/.276",
        [("EDSR", "DPED")] = "26.99/.415 27.26/.394 27.22/.369 27.00/.367 26.54/.361 26.76/.366 26.88/.368 27.48/.351",
        [("EDSR", "BSD")] = "25.28/.320 25.66/.304 25.52/.309 24.70/.301 24.44/.298 24.49/.296 25.08/.306 25.70/.286",
        [("SRResNet", "DIV2K")] = "27.57/.343 27.76/.321 27.05/.325 27.20/.320 26.83/.301 27.00/.307 27.49/.313 27.95/.295",
        [("SRResNet", "DPED")] = "27.03/.428 27.41/.403 26.54/.381 26.89/.380 26.34/.372 26.45/.372 27.32/.385 27.50/.367",
        [("SRResNet", "BSD")] = "24.56/.337 24.68/.328 24.07/.370 24.18/.364 23.19/.315 23.42/.310 24.48/.336 25.07/.293",
        [("Denoise", "DIV2K")] = "29.75/.233 29.55/.236 29.47/.275 29.62/.263 30.80/.215 29.61/.215 30.05/.225 31.25/.192",
        [("Denoise", "DPED")] = "30.24/.218 29.87/.230 29.48/.261 29.60/.255 31.23/.195 30.09/.191 31.15/.203 31.36/.181",
        [("Denoise", "BSD")] = "29.92/.240 29.71/.248 29.39/.285 29.55/.262 30.40/.203 29.81/.203 30.39/.214 30.42/.192",
        [("JPEG", "DIV2K")] = "26.50/.303 26.71/.295 26.32/.295 26.37/.301 26.48/.315 26.27/.281 26.50/.299 26.77/.261",
        [("JPEG", "DPED")] = "26.20/.305 26.15/.301 25.95/.298 26.05/.305 26.01/.307 25.87/.296 26.12/.305 26.53/.276",
        [("JPEG", "BSD")] = "25.64/.316 25.71/.310 25.43/.309 25.49/.313 25.54/.308 25.39/.308 25.52/.312 25.75/.293",
    };

    /// <summary>The ablation of the number of scales for EDSR on BSD: number of scales, PSNR in decibels and LPIPS.</summary>
    public static IReadOnlyList<(int Scales, string Psnr, string Lpips)> Scales { get; } =
    [
        (1, "22.55", ".392"),
        (2, "23.89", ".357"),
        (3, "24.43", ".354"),
        (5, "24.89", ".311"),
        (7, "25.27", ".305"),
        (8, "25.70", ".286"),
    ];

    /// <summary>Returns the paper's numbers for a row, test set and loss; null if there are none.</summary>
    public static (string Psnr, string Lpips)? Find(string? row, string dataset, string loss)
    {
        int column = Losses.LossNames.All.ToList().IndexOf(loss);
        if (row is null || column < 0 || !Rows.TryGetValue((row, dataset), out string? cells))
        {
            return null;
        }

        string[] parts = cells.Split(' ')[column].Split('/');
        return (parts[0], parts[1]);
    }
}
