namespace Mdf.Models.Simd;

/// <summary>The distance between two feature maps of a layer, computed row by row.</summary>
internal abstract unsafe class MapDistance
{
    /// <summary>Returns the factor of the rows' sums in the distance of two maps of some size.</summary>
    public abstract double Factor(FeatureMap map);

    /// <summary>Stores the form of a row that is compared.</summary>
    public abstract void Represent(float* row, float* target, int columns, int channels);

    /// <summary>Returns the sum of a row's differences, and stores its gradient.</summary>
    /// <param name="row">The row of the restored image's map.</param>
    /// <param name="reference">The row of the reference's map in the form that is compared.</param>
    /// <param name="gradient">
    /// Receives the gradient with respect to <paramref name="row"/>; may be <paramref name="reference"/>; null for none.
    /// </param>
    /// <param name="columns">Number of columns.</param>
    /// <param name="channels">Number of channels.</param>
    /// <param name="factor">Factor of the sum in the distance.</param>
    public abstract double CompareRow(float* row, float* reference, float* gradient, int columns, int channels, float factor);

    /// <summary>Stores the form of a map that is compared.</summary>
    public void Represent(FeatureMap map, FeatureMap target) => Blocks.Run(map.Rows, blocks =>
    {
        while (blocks.Take(out int row))
        {
            Represent(map.At(row, 0), target.At(row, 0), map.Columns, map.Channels);
        }
    });

    /// <summary>Returns the distance of two maps, and stores its gradient.</summary>
    /// <param name="map">The restored image's map.</param>
    /// <param name="reference">The reference's map in the form that is compared.</param>
    /// <param name="gradient">Receives the gradient; may be <paramref name="reference"/>; without address for none.</param>
    public double Compare(FeatureMap map, FeatureMap reference, FeatureMap gradient)
    {
        // The rows are summed in order, whichever thread computed them.
        var sums = new double[map.Rows];
        double factor = Factor(map);
        Blocks.Run(map.Rows, blocks =>
        {
            while (blocks.Take(out int row))
            {
                float* to = gradient.Start == null ? null : gradient.At(row, 0);
                sums[row] = CompareRow(map.At(row, 0), reference.At(row, 0), to, map.Columns, map.Channels, (float)factor);
            }
        });
        return sums.Sum() * factor;
    }
}
