#!/usr/bin/perl
# The audit agent: recomputes every total of the survey and a random 5 % of its files with a second,
# independent implementation (SurveyRules.pm).
#
#   audit.pl           as an agent, under Lazaret
#   audit.pl --check SURVEY CELL [SEED [SHARE]]
#                      by hand; exit 0 when all is well, 1 with the first differences; SHARE 1 = all
use strict;
use warnings;
use Digest::SHA ();
use File::Basename qw(dirname);
use JSON::PP ();
use lib dirname(__FILE__);
use SurveyRules qw(unescaped record_of distinct_lines words_of is_text TEXT_BYTES);

use constant { SHARE => 0.05, SAMPLE_LEAST => 5, TEXT_TOTAL => 64 << 20, SHOWN_MOST => 10 };

my $json = JSON::PP->new->utf8;
my $plain = JSON::PP->new->utf8->canonical;
my $beat = sub { };

# Bytes of the whole file.
sub slurp {
    my ($path) = @_;
    open my $in, '<:raw', $path or die "$path: $!\n";
    local $/;
    my $data = <$in>;
    return $data // '';
}

# The result inside survey.json, after its bytes have been checked against the digest it carries.
sub read_survey {
    my ($path) = @_;
    my $raw = slurp($path);
    $raw =~ /\A\{"digest":"([0-9a-f]{64})","result":\n/
        or die "survey.json does not begin with a digest and a result\n";
    my ($said, $start) = ($1, $+[0]);
    substr($raw, -2) eq "}\n" or die "survey.json does not end as it should\n";
    my $body = substr $raw, $start, -2;
    my $found = Digest::SHA::sha256_hex($body);
    $found eq $said or die "survey.json was changed: its digest is $found, it says $said\n";
    return (decode_lines($body), $said);
}

# {…,"files":[ one file a line ]}: decoded line by line, with beats between.
sub decode_lines {
    my ($text) = @_;
    my ($head, $rows) = $text =~ /\A(.*?"files": ?\[)\n(.*)\n\]\}\n?\z/s
        or die "not one file a line\n";
    my $value = $json->decode("$head]}");
    for my $row (split /\n/, $rows) {
        $row =~ s/,\z//;
        push @{ $value->{files} }, $json->decode($row) if $row ne '';
        $beat->();
    }
    return $value;
}

sub known_paths {
    my ($manifest) = @_;
    my %known = (files => { map { unescaped($_->{path}) => 1 } @{ $manifest->{files} } },
                 left_out => { map { unescaped($_) => 1 } @{ $manifest->{left_out} } });
    for my $path (keys %{ $known{files} }, keys %{ $known{left_out} }) {
        $known{folders}{$path} = 1 while $path =~ s{/[^/]*\z}{};
    }
    return \%known;
}

sub place_of {
    my ($cell, $manifest, $entry) = @_;
    return sprintf '%s/artifacts/input/files/%03d/%03d', $cell, int($entry->{id} / 1000),
        $entry->{id} % 1000 if $entry->{stored};
    return unescaped($manifest->{root}) . '/' . unescaped($entry->{path});
}

# (size, sha256, bytes up to the text limit).
sub read_file {
    my ($path) = @_;
    open my $in, '<:raw', $path or die "$path: $!\n";
    my ($sha, $size, $data) = (Digest::SHA->new(256), 0, '');
    while (my $got = read $in, my $block, 1 << 20) {
        $sha->add($block);
        $data .= $block if $size < TEXT_BYTES;
        $size += $got;
        $beat->();
    }
    return ($size, $sha->hexdigest, $data);
}

# Compares two JSON values by their canonical text.
sub differs { return $plain->encode([$_[0]]) ne $plain->encode([$_[1]]) }

sub check_totals {
    my ($result, $say) = @_;
    my (%count, %types, %licences, %same);
    for my $r (@{ $result->{files} }) {
        ++$count{files};
        $count{$_} += $r->{$_} for qw(lines);
        $count{bytes} += $r->{size};
        $count{$_} += @{ $r->{$_} } for qw(secrets todos broken_links);
        ++$types{ $r->{type} };
        ++$licences{ $r->{licence} } if $r->{lines};
        push @{ $same{ $r->{sha256} } }, $r
            if defined $r->{sha256} && $r->{size} && $r->{type} ne 'symlink';
    }
    my @groups = map { { sha256 => $_, size => $same{$_}[0]{size},
                         paths => [map { $_->{path} } @{ $same{$_} }] } }
        grep { @{ $same{$_} } > 1 } keys %same;
    my $waste = sub { $_[0]{size} * (@{ $_[0]{paths} } - 1) };
    @groups = sort { $waste->($b) <=> $waste->($a) || $a->{sha256} cmp $b->{sha256} } @groups;
    my $wasted = 0;
    $wasted += $waste->($_) for @groups;
    my %mine = ((map { $_ => $count{$_} // 0 } qw(files bytes lines secrets todos broken_links)),
                types => \%types, licences => \%licences, exact_groups => scalar @groups,
                wasted_bytes => $wasted);
    for my $name (sort keys %mine) {
        $say->("total '$name' differs") if differs($mine{$name}, $result->{totals}{$name});
    }
    $say->('the list of exact duplicates differs') if differs(\@groups, $result->{exact_duplicates});
    return scalar keys %mine;
}

sub check_input {
    my ($result, $manifest, $say) = @_;
    my ($rows, $files) = ($result->{files}, $manifest->{files});
    $say->('the number of files differs from the frozen list') if @$rows != @$files;
    $say->('the digest of the input differs') if $result->{input}{digest} ne $manifest->{digest};
    for my $i (0 .. $#$files) {
        my $row = $rows->[$i] or last;
        next if $row->{path} eq $files->[$i]{path}
            && ($row->{changed} || !differs($row->{sha256}, $files->[$i]{sha256}));
        $say->("$row->{path} is not what was frozen");
    }
}

# Ids of the files to recompute: chance is a hash of the seed and the path.
sub sample_of {
    my ($manifest, $seed, $share) = @_;
    my @files = @{ $manifest->{files} };
    my $count = int(@files * $share + 0.999);
    $count = SAMPLE_LEAST if $count < SAMPLE_LEAST;
    $count = @files if $count > @files;
    my %key;
    for my $file (@files) {
        my $path = $file->{path};
        utf8::encode($path);
        $key{ $file->{id} } = Digest::SHA::sha256("$seed\0$path");
    }
    my @ids = sort { $key{$a} cmp $key{$b} } keys %key;
    return sort { $a <=> $b } @ids[0 .. $count - 1];
}

sub check_sample {
    my ($result, $manifest, $cell, $known, $sample, $say) = @_;
    for my $id (@$sample) {
        my $entry = $manifest->{files}[$id];
        my @read = $entry->{kind} eq 'file' ? read_file(place_of($cell, $manifest, $entry))
                                            : ($entry->{size}, $entry->{sha256}, '');
        my $mine = record_of($entry, @read, $known);
        my $theirs = $result->{files}[$id];
        for my $name (sort keys %$mine) {
            $say->("$entry->{path}: $name differs") if differs($mine->{$name}, $theirs->{$name});
        }
        $beat->();
    }
}

# Reads every text once: for the word index as a whole, and the near duplicates of the sample.
sub check_texts {
    my ($result, $manifest, $cell, $sample, $say) = @_;
    my (%postings, %lines, %seen);
    for my $entry (@{ $manifest->{files} }) {
        next if $entry->{kind} ne 'file' || $entry->{size} > TEXT_BYTES;
        my $data = slurp(place_of($cell, $manifest, $entry));
        next unless is_text($data);
        push @{ $postings{$_} }, $entry->{id} for keys %{ words_of($data) };
        my $distinct = distinct_lines($data);
        my $size = keys %$distinct;
        $lines{ $entry->{id} } = $distinct
            if $size >= 8 && $size <= 20_000 && !$seen{ $entry->{sha256} }++;
        $beat->();
    }
    my ($sha, $count) = (Digest::SHA->new(256), 0);
    for my $word (sort keys %postings) {
        $sha->add("$word @{ $postings{$word} }\n");
        $count += @{ $postings{$word} };
    }
    my $index = { words => scalar keys %postings, postings => $count, digest => $sha->hexdigest };
    $say->('the word index differs') if differs($index, $result->{index});
    check_near($result, $manifest, \%lines, $sample, $say);
}

sub check_near {
    my ($result, $manifest, $lines, $sample, $say) = @_;
    my $near = $result->{near_duplicates};
    return if !$near->{compared} && keys %$lines > 20_000;
    $say->('the number of compared texts differs') if $near->{compared} != keys %$lines;
    my %said = map { ("$_->{a}\0$_->{b}" => "$_->{shared}/$_->{together}") } @{ $near->{pairs} };
    for my $one (grep { $lines->{$_} } @$sample) {
        my $mine = $lines->{$one};
        for my $other (keys %$lines) {
            next if $other == $one;
            my ($small, $large) = sort { $a <=> $b } scalar keys %$mine, scalar keys %{ $lines->{$other} };
            my ($shared, $together) = (0, 0);
            if (5 * $small >= 4 * $large) {
                $shared = grep { exists $lines->{$other}{$_} } keys %$mine;
                $together = $small + $large - $shared;
            }
            my $found = $together && 5 * $shared >= 4 * $together ? "$shared/$together" : '';
            my ($a, $b) = map { $manifest->{files}[$_]{path} } sort { $a <=> $b } $one, $other;
            $say->("near duplicates $a and $b differ") if $found ne ($said{"$a\0$b"} // '');
        }
        $beat->();
    }
}

# {files, sampled, totals, index, different, problems}; dies only when the survey cannot be read at all.
sub audit {
    my ($survey, $cell, $seed, $share) = @_;
    my @problems;
    my $say = sub { push @problems, $_[0] };
    my ($result, $digest) = read_survey($survey);
    my $manifest = decode_lines(slurp("$cell/artifacts/input/manifest.json"));
    my $totals = check_totals($result, $say);
    check_input($result, $manifest, $say);
    my @sample = sample_of($manifest, $seed, $share);
    my $all = ($result->{totals}{bytes} // 0) <= TEXT_TOTAL;
    if (!@problems) {
        check_sample($result, $manifest, $cell, known_paths($manifest), \@sample, $say);
        check_texts($result, $manifest, $cell, \@sample, $say) if $all;
    }
    my $shown = @problems > SHOWN_MOST ? SHOWN_MOST : scalar @problems;
    return { files => scalar @{ $result->{files} }, sampled => scalar @sample, totals => $totals,
             digest => $digest, index => $all ? JSON::PP::true : JSON::PP::false, different => scalar @problems,
             problems => [@problems[0 .. $shown - 1]] };
}

if (@ARGV && $ARGV[0] eq '--check' && @ARGV >= 3) {
    my $found = eval { audit($ARGV[1], $ARGV[2], $ARGV[3] // 1, $ARGV[4] // SHARE) };
    print $@ ? "audit failed: $@" : $plain->encode($found) . "\n";
    exit($@ || $found->{different} ? 1 : 0);
}
die "usage: audit.pl --check SURVEY.json CELL [SEED [SHARE]]\n" if @ARGV || !$ENV{LAZARET_URL};

require LazaretClient;
my $client = LazaretClient->new;
$beat = sub { $client->beat };
$client->run(sub {
    my (undef, $task) = @_;
    my $reports = "$ENV{LAZARET_ARTIFACT_DIR}/reports";
    my $found = audit("$reports/survey.json", $ENV{LAZARET_CELL_DIR}, $task->{input}{seed} // 1,
                      SHARE);
    mkdir "$reports/$ENV{LAZARET_AGENT}";
    open my $out, '>:raw', "$reports/$ENV{LAZARET_AGENT}/audit.json" or die "audit.json: $!\n";
    print {$out} $plain->encode($found), "\n";
    close $out or die "audit.json: $!\n";
    die "the audit found $found->{different} differences: @{ $found->{problems} }\n"
        if $found->{different};
    return $found;
});
