namespace Reproduce.Presets;

/// <summary>The preset that a folder of results was made by, for the report.</summary>
internal static class PresetRecord
{
    private const string FileName = "preset.txt";

    public static void Write(GridSettings settings) => File.WriteAllText(Path.Combine(settings.Output, FileName), settings.Preset.Name);

    public static Preset? Read(string folder)
    {
        string path = Path.Combine(folder, FileName);
        return File.Exists(path) ? AllPresets.Find(File.ReadAllText(path).Trim()) : null;
    }
}
