# Writes scripts.txt: the script of each code point, from the Unicode tables that come with Perl. The reference tokenizer library's
# table is of Unicode 9: what is newer has no script there, and U+061C was still common to all.
#
#     perl make_scripts.pl > scripts.txt
use strict;
use warnings;
use Unicode::UCD qw(charscript);

print "# Scripts of code points: name, then ranges. Made by make_scripts.pl.\n";
my %ranges;
my ($last, $first) = ('', 0);
for my $point (0 .. 0x110000) {
    my $old = $point < 0x110000 && !($point >= 0xD800 && $point <= 0xDFFF) && chr($point) =~ /\p{Present_In: 9.0}/;
    my $script = $point == 0x61C ? 'Common' : $old ? charscript($point) : '';
    $script = '' if $script eq 'Unknown';
    next if $script eq $last;
    push @{$ranges{$last}}, $first == $point - 1 ? sprintf('%X', $first) : sprintf('%X-%X', $first, $point - 1) if $last ne '';
    ($last, $first) = ($script, $point);
}
print join(' ', $_, @{$ranges{$_}}), "\n" for sort keys %ranges;
