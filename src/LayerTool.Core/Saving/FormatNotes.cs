using System.Numerics;
using LayerTool.Architectures;
using LayerTool.Plans;

namespace LayerTool.Saving;

/// <summary>What a user should know of the form in which a plan is written: one sentence each.</summary>
internal static class FormatNotes
{
    /// <summary>The sentences.</summary>
    /// <param name="form">The form.</param>
    /// <param name="config">The output's config.</param>
    /// <param name="main">The main source.</param>
    public static IEnumerable<string> Of(OutputForm form, DecoderConfig config, SaveSource main)
    {
        int silent = form.Slots.Sum(written => BitOperations.PopCount((uint)written.Silent));
        int missing = form.Slots.Count(written => written.Declared != LayerHalves.Both);
        switch (form.Format)
        {
            case SaveFormat.Layers when form.Instead is SaveFormat asked:
                yield return $"no half is off, so `{asked.ToString().ToLowerInvariant()}` writes the same as `layers`";
                break;
            case SaveFormat.Zero when silent > 0 || missing == 0:
                yield return silent > 0
                    ? $"written as `zero`: the output projections of {silent} halves are zero, so {Loaders(form, main)} gives the same logits, without a gain in speed"
                    : "no half is off, so `zero` writes the same as `layers`";
                break;
            case SaveFormat.Compact:
                yield return $"written as `compact`: {missing} layers lack a half, whose tensors are left out; LayerTool runs it, stock loaders refuse its model_type `{CompactModel.ModelType}`";
                break;
            case SaveFormat.Deci:
                yield return $"written as `deci`: {missing} layers lack a half, whose tensors are left out";
                foreach (string reader in config.Settle() is ModelConfig written ? DeciShape.Readers(written) : [])
                {
                    yield return reader;
                }

                break;
        }

        if (form.IsMadePlain)
        {
            yield return $"config.json is that of a stock `{config.ModelType}` model: it no longer says anything of single layers";
        }
    }

    private static string Loaders(OutputForm form, SaveSource main) =>
        form.IsMadePlain || !PlainConfig.Differs(main.Config) ? "every loader" : "every loader that knows the source's config.json";
}
