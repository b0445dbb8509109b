using System.Collections.Immutable;
using System.Text;
using CsCheck;
using LayerTool.Faults;
using LayerTool.Plans;
using Xunit;

namespace LayerTool.Tests.Plans;

public sealed class PlanJsonTests
{
    private const string Full = """
        {
          "schema": "layertool.plan/1",
          "tool": "layertool 0.1.0",
          "notation": "0-1, base:2*0.5/2+lora, [0|(1, 3.mlp)]",
          "sources": {
            "main": {"path":"../Qwen \"2\" é","architecture":"qwen2","hash":"sha256:00ff"},
            "base": {"path":"org/base@main","allowConfigMismatch":true}
          },
          "embedding": "main",
          "head": "base",
          "slots": [
            {"layer":0},
            {"layer":1},
            {"source":"base","layer":2,"attention":0.5,"mlp":2,"adapter":"lora"},
            {"parallel":[[{"layer":0}],[{"layer":1},{"layer":3,"attention":0}]]}
          ],
          "adapters": {
            "lora": "adapters/lora"
          },
          "steps": [
            {"command":"drop","arguments":["--attn","1"]},
            {"command":"edit","arguments":[]}
          ],
          "scores": {
            "measure": "cosine",
            "attention": [0.1,1E-05,3]
          },
          "format": "zero",
          "tie": {
            "loops": "3",
            "rank of mlp.up_proj": "64"
          },
          "settings": {
            "dtype": "float32",
            "seed": "0"
          }
        }

        """;

    private static readonly PlanFile Everything = new(PlanNotation.Parse("0-1, base:2*0.5/2+lora, [0|(1, 3.mlp)]") with { HeadSource = "base" })
    {
        Tool = "layertool 0.1.0",
        Sources = [new PlanSource("main", "../Qwen \"2\" é", "qwen2", "sha256:00ff"), new PlanSource("base", "org/base@main", AllowConfigMismatch: true)],
        Adapters = ImmutableSortedDictionary.Create<string, PlanAdapter>(StringComparer.Ordinal).Add("lora", new PlanAdapter("adapters/lora")),
        History = [new PlanHistoryEntry("drop", ["--attn", "1"]), new PlanHistoryEntry("edit", [])],
        Scores = new PlanScores("cosine", [0.1, 1e-5, 3], [], []),
        Format = "zero",
        Tie = ImmutableSortedDictionary.Create<string, string>(StringComparer.Ordinal).Add("loops", "3").Add("rank of mlp.up_proj", "64"),
        Settings = ImmutableSortedDictionary.Create<string, string>(StringComparer.Ordinal).Add("seed", "0").Add("dtype", "float32"),
    };

    [Fact]
    public void A_plan_file_holds_all_that_led_to_the_plan()
    {
        Assert.Equal(Full, PlanJson.Write(Everything));
    }

    [Fact]
    public void Reading_and_writing_again_gives_the_same_bytes()
    {
        PlanFile read = PlanJson.Read(Full, "plan.json");

        Assert.Equal(Everything.Plan, read.Plan);
        Assert.Equal(Full, PlanJson.Write(read));
    }

    [Fact]
    public void A_plan_alone_is_a_short_file()
    {
        string text = PlanJson.Write(new PlanFile(LayerPlan.Identity(2)));

        Assert.Equal(
            """
            {
              "schema": "layertool.plan/1",
              "tool": "layertool",
              "notation": "0-1",
              "embedding": "main",
              "head": "main",
              "slots": [
                {"layer":0},
                {"layer":1}
              ]
            }

            """,
            text);
    }

    [Fact]
    public void A_file_written_by_hand_needs_the_notation_only()
    {
        PlanFile file = PlanJson.Read("""{"schema": "layertool.plan/1", "notation": "0-7, (8-11)x2"}""", "plan.json");

        Assert.Equal(PlanNotation.Parse("0-7, (8-11)x2"), file.Plan);
        Assert.Empty(file.Sources);
    }

    [Theory]
    [InlineData("[]", "plan.json: `the file` is an array, expected an object")]
    [InlineData("{}", "plan.json: needs `schema`, which is missing")]
    [InlineData("""{"schema": "layertool.plan/2"}""", "plan.json: the schema is \"layertool.plan/2\", this version reads `layertool.plan/1`")]
    [InlineData("""{"schema": 1}""", "plan.json: the schema is 1, this version reads `layertool.plan/1`")]
    [InlineData("""{"schema": "layertool.plan/1"}""", "plan.json: needs `slots` or `notation`, both are missing")]
    [InlineData("""{"schema": "layertool.plan/1", "slot": []}""", "plan.json: the key `slot` is not known")]
    [InlineData("""{"schema": "layertool.plan/1", "notation": "0-"}""", "plan.json: plan, position 3: expected the layer number that ends the range, found the end")]
    [InlineData("""{"schema": "layertool.plan/1", "notation": "0-1", "slots": [{"layer": 0}]}""", "plan.json: `notation` and `slots` are not the same plan")]
    [InlineData("""{"schema": "layertool.plan/1", "slots": [0]}""", "plan.json: `slots[0]` is 0, expected an object")]
    [InlineData("""{"schema": "layertool.plan/1", "slots": [{}]}""", "plan.json: needs `slots[0].layer`, which is missing")]
    [InlineData("""{"schema": "layertool.plan/1", "slots": [{"layer": 1.5}]}""", "plan.json: `slots[0].layer` is 1.5, expected a whole number")]
    [InlineData("""{"schema": "layertool.plan/1", "slots": [{"layer": "1"}]}""", "plan.json: `slots[0].layer` is \"1\", expected a number")]
    [InlineData("""{"schema": "layertool.plan/1", "slots": [{"layer": -1}]}""", "plan.json: slot 0 plays layer -1, layers count from 0")]
    [InlineData("""{"schema": "layertool.plan/1", "slots": [{"layer": 0, "mlp": -1}]}""", "plan.json: slot 0 has the gains 1 and -1")]
    [InlineData("""{"schema": "layertool.plan/1", "slots": [{"layer": 0, "mlp": 1e999}]}""", "plan.json: `slots[0].mlp` is 1e999, expected a finite number")]
    [InlineData("""{"schema": "layertool.plan/1", "slots": [{"layer": 0, "mlp": 0, "attention": 0}]}""", "plan.json: slot 0 plays neither attention nor MLP")]
    [InlineData("""{"schema": "layertool.plan/1", "slots": [{"parallel": [[{"layer": 0}]]}]}""", "plan.json: the parallel group at slot 0 has 1 member(s), it needs two or more")]
    [InlineData("""{"schema": "layertool.plan/1", "slots": [{"parallel": [{"layer": 0}, []]}]}""", "plan.json: `slots[0].parallel[0]` is an object, expected an array of slots")]
    [InlineData("""{"schema": "layertool.plan/1", "slots": [], "embedding": "a b"}""", "plan.json: the embedding's source is `a b`, which is no name")]
    [InlineData("""{"schema": "layertool.plan/1", "slots": [], "sources": {"base": {"path": "x"}}}""", "plan.json: the first of `sources` is `base`, expected `main`")]
    [InlineData("""{"schema": "layertool.plan/1", "slots": [], "sources": {"main": {}}}""", "plan.json: needs `sources.main.path`, which is missing")]
    [InlineData("""{"schema": "layertool.plan/1", "slots": [], "sources": {"main": {"path": "x", "allowConfigMismatch": 1}}}""", "plan.json: `sources.main.allowConfigMismatch` is 1, expected `true` or `false`")]
    [InlineData("""{"schema": "layertool.plan/1", "notation": "b:0", "sources": {"main": {"path": "x"}}}""", "plan.json: slot 0, `b:0`: the source `b` is not known")]
    [InlineData("""{"schema": "layertool.plan/1", "notation": "0+a", "sources": {"main": {"path": "x"}}}""", "plan.json: slot 0, `0+a`: the adapter `a` is not known")]
    [InlineData("""{"schema": "layertool.plan/1", "slots": [], "steps": [{"command": "drop"}]}""", "plan.json: needs `steps[0].arguments`, which is missing")]
    [InlineData("""{"schema": "layertool.plan/1", "slots": [], "scores": {"measure": "cosine", "mlp": [null]}}""", "plan.json: `scores.mlp[0]` is null, expected a finite number")]
    [InlineData("""{"schema": "layertool.plan/1", "slots": [], "tool": "\ud800"}""", "plan.json: is not sound JSON: line 1, column 53: the string holds half of a surrogate pair")]
    [InlineData("""{"schema": "layertool.plan/1", "slots": [], "\ud800": ""}""", "plan.json: is not sound JSON: line 1, column 45: the string holds half of a surrogate pair")]
    public void A_fault_names_the_file_the_key_and_what_was_expected(string json, string message)
    {
        LayerToolException fault = Assert.Throws<LayerToolException>(() => PlanJson.Read(json, "plan.json"));

        Assert.Equal(message, fault.Message);
    }

    [Theory]
    [InlineData("")]
    [InlineData("{\"schema\"")]
    [InlineData("""{"schema": "layertool.plan/1", "slots": [], "slots": []}""")]
    public void What_is_no_strict_json_is_refused(string json)
    {
        LayerToolException fault = Assert.Throws<LayerToolException>(() => PlanJson.Read(json, "plan.json"));

        Assert.StartsWith("plan.json: is not sound JSON: ", fault.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Hostile_files_are_refused_within_bounds()
    {
        string slot = """{"layer":0},""";
        string start = """{"schema": "layertool.plan/1", "slots": """;
        string deep = start + string.Concat(Enumerable.Repeat("[{\"parallel\":[", 10_000));
        string many = start + "[" + string.Concat(Enumerable.Repeat(slot, 70_000)).TrimEnd(',') + "]}";
        string names = start + "[], \"settings\": {" + string.Join(',', Enumerable.Range(0, 100_000).Select(name => $"\"{name}\":\"\"")) + "}}";

        Assert.Throws<LayerToolException>(() => PlanJson.Read(deep, "plan.json"));
        Assert.Equal("plan.json: `slots` has 70000 entries, expected at most 65536", Assert.Throws<LayerToolException>(() => PlanJson.Read(many, "plan.json")).Message);
        Assert.Equal("plan.json: `settings` has 100000 entries, expected at most 1000", Assert.Throws<LayerToolException>(() => PlanJson.Read(names, "plan.json")).Message);
    }

    [Fact]
    public void Any_plan_comes_back_from_its_file()
    {
        DrawnPlans.Any.Sample(plan =>
        {
            string text = PlanJson.Write(new PlanFile(plan));
            PlanFile read = PlanJson.Read(text, "plan.json");
            return read.Plan.Equals(plan) && PlanJson.Write(read) == text;
        });
    }

    [Fact]
    public void Mutated_files_give_a_plan_or_a_fault_of_the_input()
    {
        const string Alphabet = "0123456789{}[]\",:.-eE\\u \n";
        Random random = new(1);
        int plans = 0;
        for (int round = 0; round < 2_000; round++)
        {
            StringBuilder text = new(Full);
            for (int change = random.Next(1, 4); change > 0; change--)
            {
                int place = random.Next(text.Length);
                switch (random.Next(3))
                {
                    case 0:
                        text[place] = Alphabet[random.Next(Alphabet.Length)];
                        break;
                    case 1:
                        text.Remove(place, Math.Min(random.Next(1, 20), text.Length - place));
                        break;
                    default:
                        text.Insert(place, Full.AsSpan(random.Next(Full.Length - 20), random.Next(1, 20)));
                        break;
                }
            }

            try
            {
                PlanFile read = PlanJson.Read(text.ToString(), "plan.json");
                Assert.Equal(read.Plan, PlanJson.Read(PlanJson.Write(read), "plan.json").Plan);
                plans++;
            }
            catch (LayerToolException)
            {
                // what a broken file should give
            }
        }

        Assert.InRange(plans, 20, 1_900); // both outcomes were seen
    }

    [Fact]
    public void A_file_is_written_once_and_replaced_on_demand_only()
    {
        string folder = Directory.CreateTempSubdirectory("layertool-plan-").FullName;
        try
        {
            string path = Path.Combine(folder, "plan.json");
            PlanJson.WriteFile(Everything, path);

            LayerToolException fault = Assert.Throws<LayerToolException>(() => PlanJson.WriteFile(Everything, path));
            PlanJson.WriteFile(new PlanFile(LayerPlan.Identity(2)), path, overwrite: true);

            Assert.Equal($"{path}: the file exists already", fault.Message);
            Assert.Equal(LayerPlan.Identity(2), PlanJson.ReadFile(path).Plan);
            Assert.Equal([path], Directory.GetFiles(folder));
        }
        finally
        {
            Directory.Delete(folder, recursive: true);
        }
    }

    [Fact]
    public void A_file_that_cannot_be_read_or_written_is_named()
    {
        string folder = Directory.CreateTempSubdirectory("layertool-plan-").FullName;
        try
        {
            string missing = Path.Combine(folder, "missing", "plan.json");
            string binary = Path.Combine(folder, "binary.json");
            string large = Path.Combine(folder, "large.json");
            File.WriteAllBytes(binary, [0xff, 0xfe, 0x00]);
            using (FileStream stream = File.Create(large))
            {
                stream.SetLength(17L << 20);
            }

            Assert.StartsWith($"{missing}: no such file", Assert.Throws<LayerToolException>(() => PlanJson.ReadFile(missing)).Message, StringComparison.Ordinal);
            Assert.Equal($"`{missing}`: there is no such folder to write the file to", Assert.Throws<LayerToolException>(() => PlanJson.WriteFile(Everything, missing)).Message);
            Assert.Equal($"{binary}: is not UTF-8 text", Assert.Throws<LayerToolException>(() => PlanJson.ReadFile(binary)).Message);
            Assert.Equal($"{large}: has {new FileInfo(large).Length:N0} bytes, a file of its kind has at most 16,777,216", Assert.Throws<LayerToolException>(() => PlanJson.ReadFile(large)).Message);
        }
        finally
        {
            Directory.Delete(folder, recursive: true);
        }
    }
}
