package SurveyRules;
# The second, independent implementation of the survey's rules (docs/demo.md holds them in words).
# It shares nothing with the write agents: another language, and scanning by hand where they use
# tables of patterns. Everything works on bytes.
use strict;
use warnings;
use Digest::SHA ();
use Exporter 'import';
our @EXPORT_OK = qw(unescaped record_of distinct_lines words_of is_text TEXT_BYTES);

use constant { TEXT_BYTES => 4 << 20, SNIFF => 8192, LICENCE => 4096, MOST => 200 };

# Well-formed UTF-8 of today: shortest forms, no surrogates, nothing past U+10FFFF.
sub is_utf8 {
    my ($copy) = @_;
    return $copy !~ /[\x80-\xff]/
        || utf8::decode($copy) && $copy !~ /[\x{d800}-\x{dfff}]|[^\x{0}-\x{10ffff}]/;
}
sub is_text { return length $_[0] && index(substr($_[0], 0, SNIFF), "\0") < 0 }

# Text of a name → its bytes.
sub unescaped {
    my ($text) = @_;
    utf8::encode($text);
    $text =~ s{\\(\\|x[0-9a-f]{2}|u\{[0-9a-f]+\})}{
        my $code = $1;
        if ($code eq '\\') { '\\' }
        elsif ($code =~ /\Ax(..)/) { chr hex $1 }
        else { my $c = chr hex substr($code, 2, -1); utf8::encode($c); $c }
    }gex;
    return $text;
}

sub excerpt {
    my ($raw) = @_;
    if (is_utf8($raw)) { utf8::decode($raw) } else { $raw =~ tr/\x80-\xff/?/ }
    $raw =~ tr/\x00-\x1f\x7f/ /;
    $raw =~ s/\A +//;
    $raw =~ s/ +\z//;
    return substr $raw, 0, 120;
}

sub lines_of {
    my ($data) = @_;
    my @lines = split /\n/, $data, -1;
    pop @lines if @lines && $lines[-1] eq '';
    s/\r\z// for @lines;
    return @lines;
}

sub kind_of {
    my ($path, $data) = @_;
    return 'empty' if $data eq '';
    my $head = substr $data, 0, SNIFF;
    return 'elf'  if $head =~ /\A\x7fELF/;   return 'png'     if $head =~ /\A\x89PNG\r\n\x1a\n/;
    return 'jpeg' if $head =~ /\A\xff\xd8\xff/; return 'gif'  if $head =~ /\AGIF8/;
    return 'pdf'  if $head =~ /\A%PDF-/;     return 'zip'     if $head =~ /\APK\x03\x04/;
    return 'gzip' if $head =~ /\A\x1f\x8b/;  return 'sqlite'  if $head =~ /\ASQLite format 3\0/;
    return 'font' if $head =~ /\AwOF2/;      return 'archive' if $head =~ /\A!<arch>\n/;
    return 'wasm' if $head =~ /\A\0asm/;     return 'zstd'    if $head =~ /\A\x28\xb5\x2f\xfd/;
    return 'xz'   if $head =~ /\A\xfd7zXZ\0/;
    return 'binary' unless is_text($head);
    my ($name) = $path =~ m{([^/]*)\z};
    return 'cmake' if $name eq 'CMakeLists.txt';
    return 'make' if $name eq 'Makefile';
    return 'docker' if $name eq 'Dockerfile';
    return by_extension(lc $1) // by_interpreter($head) if $name =~ /.\.([^.]*)\z/s;
    return by_interpreter($head);
}

sub by_extension {
    local $_ = shift;
    return $_ eq 'c' ? 'c' : $_ eq 'h' ? 'c header' : /\A(?:cc|cpp|cxx|hpp|hh|hxx)\z/ ? 'c++' : /\Apyi?\z/ ? 'python'
        : /\A(?:pl|pm|t)\z/ ? 'perl' : /\A(?:[mc]?js|jsx)\z/ ? 'javascript'
        : /\Atsx?\z/ ? 'typescript' : $_ eq 'rs' ? 'rust' : $_ eq 'go' ? 'go'
        : $_ eq 'java' ? 'java' : /\A(?:ba|z)?sh\z/ ? 'shell' : $_ eq 'rb' ? 'ruby'
        : /\A(?:md|markdown)\z/ ? 'markdown' : /\Ahtml?\z/ ? 'html' : $_ eq 'css' ? 'css'
        : $_ eq 'json' ? 'json' : /\Aya?ml\z/ ? 'yaml' : $_ eq 'toml' ? 'toml'
        : /\A(?:xml|svg)\z/ ? 'xml' : $_ eq 'cmake' ? 'cmake' : $_ eq 'sql' ? 'sql'
        : /\A[ct]sv\z/ ? 'csv' : $_ eq 'txt' ? 'text' : undef;
}

sub by_interpreter {
    my ($first) = $_[0] =~ /\A(#![^\n]*)/ or return 'text';
    return 'python' if index($first, 'python') >= 0;
    return 'perl' if index($first, 'perl') >= 0;
    return 'javascript' if index($first, 'node') >= 0;
    return 'ruby' if index($first, 'ruby') >= 0;
    return index($first, 'sh') >= 0 ? 'shell' : 'text';
}

sub licence_of {
    my $head = substr $_[0], 0, LICENCE;
    if ($head =~ /SPDX-License-Identifier:[\t ]*(?=[A-Za-z0-9.+-])/g) {
        $head =~ /\G([A-Za-z0-9.+-]+)/gc;
        my $name = $1;
        $name .= $1 while $head =~ /\G( (?:OR|AND|WITH) [A-Za-z0-9.+-]+)/gc;
        return $name;
    }
    $head =~ tr/A-Z/a-z/;
    $head =~ tr{a-z0-9,./-}{ }cs;
    for (['gnu lesser general public license', 'LGPL'], ['gnu affero general public license', 'AGPL'],
         ['gnu general public license', 'GPL'], ['mozilla public license', 'MPL'],
         ['apache license', 'Apache'], ['permission is hereby granted, free of charge', 'MIT'],
         ['mit license', 'MIT'], ['permission to use, copy, modify, and/or distribute', 'ISC'],
         ['redistribution and use in source and binary forms', 'BSD'], ['unlicense', 'Unlicense']) {
        return $_->[1] if index($head, $_->[0]) >= 0;
    }
    return 'none';
}

sub secrets_of {
    my @found;
    my $number = 0;
    for (@_) {
        ++$number;
        my @hits;
        push @hits, ['private key', $1] if /(-----BEGIN (?:[A-Z]{2,10} ){0,2}PRIVATE KEY-----)/;
        push @hits, ['aws access key', $1] if /(?<![A-Za-z0-9])(AKIA[0-9A-Z]{16})(?![A-Za-z0-9])/;
        push @hits, ['github token', $1] if /(?<![A-Za-z0-9])(gh[pousr]_[A-Za-z0-9]{36})/;
        push @hits, ['slack token', $1] if /(?<![A-Za-z0-9])(xox[abprs]-[A-Za-z0-9-]{10,})/;
        push @hits, ['google api key', $1] if /(?<![A-Za-z0-9])(AIza[\w-]{35})/a;
        push @hits, ['json web token', $1]
            if /(?<![A-Za-z0-9])(eyJ[\w-]{10,}\.eyJ[\w-]{10,})/a;
        push @hits, ['assigned secret', $1]
            if /(?:password|passwd|secret|api_key|apikey|access_token)["']?[ \t]*[:=][ \t]*
                ["']([^"' \t]{8,200})["']/xia;
        for my $hit (@hits) {
            my $masked = excerpt(substr $hit->[1], 0, 4) . "\x{2026} (" . length($hit->[1]) . ' bytes)';
            push @found, { line => $number, rule => $hit->[0], masked => $masked };
        }
    }
    return first_of(@found);
}

sub todos_of {
    my @found;
    my $number = 0;
    for my $line (@_) {
        ++$number;
        # Words of a line from left to right; the first that is one of the four counts.
        while ($line =~ /([A-Za-z0-9_]+)/g) {
            next unless $1 eq 'TODO' || $1 eq 'FIXME' || $1 eq 'XXX' || $1 eq 'HACK';
            push @found, { line => $number, word => $1, text => excerpt(substr $line, $-[1]) };
            last;
        }
    }
    return first_of(@found);
}

sub first_of { return [@_ > MOST ? @_[0 .. MOST - 1] : @_] }

sub links_of {
    my ($path, $kind, $known, @lines) = @_;
    return [] unless $kind eq 'markdown' || $kind eq 'html';
    my ($number, $fenced, @found) = (0, 0);
    for my $line (@lines) {
        ++$number;
        my @targets;
        if ($kind eq 'markdown') {
            if ($line =~ /\A[ \t]*(?:```|~~~)/) { $fenced = !$fenced; next }
            next if $fenced;
            (my $bare = $line) =~ s/`[^`]*`//g;
            push @targets, markdown_targets($bare);
        } else {
            while ($line =~ /(?<![A-Za-z0-9_-])(?:href|src)[ \t]*=[ \t]*(["'])(.*?)\1/gi) {
                push @targets, $2;
            }
        }
        for my $target (@targets) {
            next if $target eq '' || $target =~ m{\A[#/?]} || $target =~ /\A[A-Za-z][A-Za-z0-9+.-]*:/
                || index($target, '{') >= 0;
            (my $place = $target) =~ s/[#?].*\z//s;
            $place =~ s/%([0-9A-Fa-f]{2})/chr hex $1/ge;
            next if $place eq '' || !leads_nowhere($path, $place, $known);
            push @found, { line => $number, target => excerpt($target) };
        }
    }
    return first_of(@found);
}

sub markdown_targets {
    my ($line) = @_;
    my @targets;
    while ($line =~ /\]\([ \t]*/g) {
        my $at = pos $line;
        my $target;
        if ($line =~ /\G<([^<>]*)>/gc) { $target = $1 }
        elsif ($line =~ /\G((?:[^() \t]|\([^() \t]*\))*)/gc) { $target = $1 }
        $line =~ /\G[ \t]+["'(][^"')]*["')]/gc;
        if (defined $target && $line =~ /\G[ \t]*\)/gc) { $target =~ s/\A[<>]+|[<>]+\z//g;
                                                         push @targets, $target }
        else { pos($line) = $at }
    }
    return @targets;
}

sub leads_nowhere {
    my ($from, $target, $known) = @_;
    my @steps = $from =~ m{/} ? split(m{/}, $from =~ s{/[^/]*\z}{}r) : ();
    for my $step (split m{/}, $target) {
        next if $step eq '' || $step eq '.';
        if ($step eq '..') { return 0 unless @steps; pop @steps }
        else { push @steps, $step }
    }
    my $path = join '/', @steps;
    return 0 if $path eq '' || $known->{files}{$path} || $known->{folders}{$path};
    while (@steps) {
        return 0 if $known->{left_out}{ join '/', @steps };
        pop @steps;
    }
    return 1;
}

# The record of one file, made anew. $entry: of the manifest; $data: its bytes up to the text limit.
sub record_of {
    my ($entry, $size, $sha256, $data, $known) = @_;
    my $path = unescaped($entry->{path});
    my %record = (path => $entry->{path}, size => $size, sha256 => $sha256, type => $entry->{kind},
                  lines => 0, licence => 'none', secrets => [], todos => [], broken_links => []);
    if ($entry->{kind} eq 'symlink') {
        my $target = unescaped($entry->{target});
        $record{broken_links} = [{ line => 0, target => excerpt($target) }]
            if $target !~ m{\A/} && leads_nowhere($path, $target, $known);
    }
    return \%record if $entry->{kind} ne 'file';
    $record{type} = kind_of($path, $data);
    return \%record if $size > TEXT_BYTES || !is_text($data);
    my @lines = lines_of($data);
    return { %record, lines => scalar @lines, licence => licence_of($data),
             secrets => secrets_of(@lines), todos => todos_of(@lines),
             broken_links => links_of($path, $record{type}, $known, @lines) };
}

# {line => 1} of the distinct lines that say something.
sub distinct_lines {
    my %lines;
    for (lines_of($_[0])) {
        s/\A[ \t]+//;
        s/[ \t]+\z//;
        $lines{$_} = 1 if length >= 3;
    }
    return \%lines;
}

# The distinct words of a text, as bytes.
sub words_of {
    my ($data) = @_;
    my %words;
    if (is_utf8($data)) {
        $data =~ s/\xe2[\x80-\xaf][\x80-\xbf]|\xc2[\x80-\xbf]|\xe3\x80[\x80-\xbf]|\xef[\xb8-\xbf][\x80-\xbf]
                  |\xf0\x9f[\x80-\xbf]{2}/ /gx;
    } else {
        $data =~ tr/\x80-\xff/ /;
    }
    $data =~ tr/A-Z/a-z/;
    for my $run (split /[^a-z0-9_\x80-\xff]+/, $data) {
        $run =~ s/\A[0-9]+//;
        $words{$run} = 1 if length $run >= 3 && length $run <= 40;
    }
    return \%words;
}

1;
