namespace Mdf.Models.Layered;

/// <summary>A module that describes itself as steps.</summary>
internal interface ILayered
{
    /// <summary>Appends the module's steps.</summary>
    /// <param name="layers">Receives the steps.</param>
    /// <param name="input">Number of the value that the module takes.</param>
    /// <returns>Number of the module's result.</returns>
    int Describe(LayerGraphBuilder layers, int input);
}
