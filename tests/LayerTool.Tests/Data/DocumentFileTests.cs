using System.Text;
using LayerTool.Data;
using LayerTool.Faults;
using LayerTool.Tests.Support;
using Parquet;
using Parquet.Schema;
using Xunit;

namespace LayerTool.Tests.Data;

public sealed class DocumentFileTests : IDisposable
{
    private readonly string _folder = Directory.CreateTempSubdirectory("layertool-data-").FullName;

    public void Dispose() => Directory.Delete(_folder, recursive: true);

    [Fact]
    public void A_text_file_is_one_document_as_it_stands()
    {
        string file = Write("a.txt", "one\n\n two \r\n");

        Assert.Equal(["one\n\n two \r\n"], DocumentFile.Open(file).Documents());
    }

    [Theory]
    [InlineData("""{"text":"t","page":"p"}""", "t")]
    [InlineData("""{"id":1,"page":"p","title":"x"}""", "p")]
    [InlineData("""{"id":1,"story":"s"}""", "s")]
    public void The_column_is_text_else_page_else_the_only_one_of_strings(string row, string expected)
    {
        Assert.Equal([expected], DocumentFile.Open(Write("a.jsonl", row + "\n")).Documents());
        Assert.Equal([expected], DocumentFile.Open(Write("a.json", $"[{row}]")).Documents());
    }

    [Fact]
    public void A_column_can_be_named()
    {
        string file = Write("a.jsonl", """
            {"text":"t","other":"first"}

            {"text":"t","other":"second\nline"}
            """);

        Assert.Equal(["first", "second\nline"], DocumentFile.Open(file, "other").Documents());
    }

    [Fact]
    public void Columns_that_could_be_meant_are_listed()
    {
        string file = Write("a.jsonl", """{"question":"q","answer":"a","id":3}""");

        LayerToolException fault = Assert.Throws<LayerToolException>(() => DocumentFile.Open(file));

        Assert.Contains("`question` (text), `answer` (text), `id`", fault.Message, StringComparison.Ordinal);
        Assert.Contains("--column", fault.Hint, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("""{"text":"a"}""", """{"text":5}""", "line 2 is a number")]
    [InlineData("""{"text":"a"}""", """{"page":"b"}""", "line 2 has no `text`")]
    [InlineData("""{"text":"a"}""", """{"text":""", "is not sound JSON: line 2, column")]
    [InlineData("""{"text":"a"}""", """["b"]""", "line 2 is a list")]
    [InlineData("""{"text":"a"}""", """{"text":"\ud800"}""", "line 2, column 9: the string holds half of a surrogate pair")]
    public void A_row_at_fault_is_named(string first, string second, string expected)
    {
        string file = Write("a.jsonl", $"{first}\n{second}\n");

        LayerToolException fault = Assert.Throws<LayerToolException>(() => DocumentFile.Open(file).Documents().ToList());

        Assert.Contains(expected, fault.Message, StringComparison.Ordinal);
        Assert.Contains("a.jsonl", fault.Message, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("a.txt", "", "is empty")]
    [InlineData("a.jsonl", "\n \n", "has no rows")]
    [InlineData("a.json", "[]", "without documents")]
    [InlineData("a.json", "{\"ids\": []}", "without rows")]
    [InlineData("a.json", "{\"ids\": [[1, -2]]}", "`-2`, which is no token id")]
    [InlineData("a.json", "{\"ids\": [[1], []]}", "row 1")]
    [InlineData("a.json", "{", "not sound JSON")]
    [InlineData("a.parquet", "PAR1 but nothing else PAR1", "cannot be read as Parquet")]
    public void A_file_at_fault_is_refused_in_one_sentence(string name, string content, string expected)
    {
        LayerToolException fault = Assert.Throws<LayerToolException>(() => DocumentFile.Open(Write(name, content)).Documents().ToList());

        Assert.Contains(expected, fault.Message, StringComparison.Ordinal);
        Assert.DoesNotContain('\n', fault.Message);
    }

    [Fact]
    public void A_missing_file_and_a_folder_are_told_apart()
    {
        Assert.Contains("no file", Assert.Throws<LayerToolException>(() => DocumentFile.Open(Path.Combine(_folder, "none.txt"))).Message, StringComparison.Ordinal);
        Assert.Contains("is a folder", Assert.Throws<LayerToolException>(() => DocumentFile.Open(_folder)).Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Bytes_that_are_no_text_are_refused()
    {
        string file = Path.Combine(_folder, "a.txt");
        File.WriteAllBytes(file, [0x41, 0xff, 0xfe, 0x00]);

        Assert.Contains("not UTF-8", Assert.Throws<LayerToolException>(() => DocumentFile.Open(file).Documents().ToList()).Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Rows_of_token_ids_are_no_text()
    {
        DocumentFile file = DocumentFile.Open(Write("a.json", """{"model":"m","ids":[[1,2],[3]]}"""));

        Assert.Equal([[1, 2], [3]], file.TokenRows!.Value.Select(row => row.ToArray()));
        Assert.Contains("token ids", Assert.Throws<LayerToolException>(() => file.Documents().ToList()).Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Lines_under_the_json_extension_are_read_as_lines()
    {
        string file = Write("a.json", "{\"text\":\"x\"}\n{\"text\":\"y\"}\n");

        Assert.Equal(["x", "y"], DocumentFile.Open(file).Documents());
    }

    [Fact]
    public async Task Parquet_gives_one_document_a_row_over_all_row_groups()
    {
        string file = Path.Combine(_folder, "a.parquet");
        DataField<int> id = new("id");
        DataField<string> page = new("page");
        await using (FileStream stream = File.Create(file))
        await using (ParquetWriter writer = await ParquetWriter.CreateAsync(new ParquetSchema(id, page), stream, cancellationToken: TestContext.Current.CancellationToken))
        {
            foreach (string[] texts in (string[][])[["first", "naïve 😀"], ["last"]])
            {
                using ParquetRowGroupWriter group = writer.CreateRowGroup();
                await group.WriteAsync<int>(id, Enumerable.Range(0, texts.Length).ToArray().AsMemory(), cancellationToken: TestContext.Current.CancellationToken);
                await group.WriteAsync(page, texts);
            }
        }

        Assert.Equal(["first", "naïve 😀", "last"], DocumentFile.Open(file).Documents());
        Assert.Contains("`id`, `page` (text)", Assert.Throws<LayerToolException>(() => DocumentFile.Open(file, "text")).Message, StringComparison.Ordinal);
    }

    // Whatever a damaged file holds, only a fault of the input may come out.
    [Fact]
    public async Task Damaged_parquet_files_give_only_faults_of_the_input()
    {
        string file = Path.Combine(_folder, "whole.parquet");
        DataField<string> text = new("text");
        await using (FileStream stream = File.Create(file))
        await using (ParquetWriter writer = await ParquetWriter.CreateAsync(new ParquetSchema(text), stream, cancellationToken: TestContext.Current.CancellationToken))
        {
            using ParquetRowGroupWriter group = writer.CreateRowGroup();
            await group.WriteAsync(text, Enumerable.Range(0, 50).Select(number => $"document {number}").ToArray());
        }

        byte[] whole = await File.ReadAllBytesAsync(file, TestContext.Current.CancellationToken);
        Assert.Equal(50, DocumentFile.Open(file).Documents().Count());
        Random random = new(5);
        int refused = 0;
        for (int round = 0; round < 100; round++)
        {
            byte[] damaged = [.. whole.AsSpan(0, random.Next(whole.Length / 2, whole.Length + 1))];
            damaged[random.Next(damaged.Length)] ^= (byte)(1 << random.Next(8));
            string path = Path.Combine(_folder, "damaged.parquet");
            await File.WriteAllBytesAsync(path, damaged, TestContext.Current.CancellationToken);
            try
            {
                _ = DocumentFile.Open(path).Documents().Count();
            }
            catch (LayerToolException)
            {
                refused++;
            }
        }

        Assert.InRange(refused, 50, 100);
    }

    [Fact]
    public void The_pages_of_wikitext_are_read_in_order()
    {
        List<string> pages = [.. DocumentFile.Open(SharedFiles.Find("data/wikitext/test.jsonl")).Documents()];

        Assert.Equal(60, pages.Count);
        Assert.Equal(1255134, string.Join("\n\n", pages).EnumerateRunes().Count());
    }

    private string Write(string name, string content)
    {
        string path = Path.Combine(_folder, name);
        File.WriteAllText(path, content, new UTF8Encoding(encoderShouldEmitUTF8Identifier: false));
        return path;
    }
}
