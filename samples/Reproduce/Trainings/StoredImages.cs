using Reproduce.Grids;

namespace Reproduce.Trainings;

/// <summary>Finds the images that are stored beside the record of an evaluation.</summary>
internal static class StoredImages
{
    /// <summary>Returns the path of a stored image, relative to the output folder's.</summary>
    public static string PathOf(Workspace workspace, string folder, int index) => workspace.PathOf(folder, $"{index:d2}.jpg");

    /// <summary>Returns whether all restored and reference images of an evaluation are there.</summary>
    public static bool AreThere(Workspace workspace, EvaluationResult result) =>
        Enumerable.Range(0, result.Stored).All(i =>
            File.Exists(PathOf(workspace, result.RestoredFolder, i)) && File.Exists(PathOf(workspace, result.ReferenceFolder, i)));
}
