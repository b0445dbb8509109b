using LayerTool.Faults;

namespace LayerTool.Checkpoints;

/// <summary>Finds the folder that MODEL on a command line stands for: a folder itself, or a repository in the local cache.</summary>
public static class ModelLocation
{
    /// <summary>The folder of a model. A folder of that name wins over a repository.</summary>
    /// <param name="model">A folder or a repository id; plan files are the caller's business.</param>
    /// <param name="cache">Where repositories are looked for; null for the cache that the environment names.</param>
    /// <exception cref="LayerToolException">Neither is there.</exception>
    public static string Find(string model, HubCache? cache = null)
    {
        if (Directory.Exists(model) || File.Exists(model))
        {
            return Path.GetFullPath(model);
        }

        return HubCache.IsRepository(model) && !model.StartsWith('.')
            ? (cache ?? HubCache.FromEnvironment()).Find(model)
            : throw new LayerToolException($"{Quoted.Text(model)}: no such folder", "MODEL is a folder, a plan file or a repository id such as `org/name`");
    }
}
