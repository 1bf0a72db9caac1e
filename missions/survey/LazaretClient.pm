package LazaretClient;
# The public doors for an agent in Perl, on core modules alone. Beats are sent between pieces of work:
# call beat() as often as you like, it speaks at most twice a second.
use strict;
use warnings;
use HTTP::Tiny;
use JSON::PP ();
use Time::HiRes qw(sleep time);

use constant { PATIENCE_SECONDS => 120, FIRST_PAUSE => 0.03, LONGEST_PAUSE => 0.5,
               WAIT_SECONDS => 1, BEAT_SECONDS => 0.5, RESTART_NOW => 75 };

my $json = JSON::PP->new->utf8->canonical;

sub new {
    my ($class) = @_;
    my $self = {
        url => $ENV{LAZARET_URL} =~ s{/+\z}{}r, cell => $ENV{LAZARET_CELL},
        agent => $ENV{LAZARET_AGENT}, progress => 0, beaten_at => 0,
        http => HTTP::Tiny->new(
            timeout => 15, keep_alive => 1, proxy => undef, http_proxy => undef,
            default_headers => { 'Authorization' => "Bearer $ENV{LAZARET_TOKEN}" }),
    };
    return bless $self, $class;
}

my $calls = 0;

# Unlike any other call's: by process, time and number.
sub fresh_key { return sprintf '%s-%d-%.6f-%d', $ENV{LAZARET_INCARNATION} // 0, $$, time, ++$calls }

# The decoded answer. A fenced call ends the process; a refused one dies with the daemon's words. With
# a $key, the call does its work once however often it is repeated.
sub call {
    my ($self, $method, $path, $body, $key) = @_;
    my %headers = defined $key ? ('Idempotency-Key' => $key) : ();
    $headers{'Content-Type'} = 'application/json' if defined $body;
    my %options = (headers => \%headers);
    $options{content} = $json->encode($body) if defined $body;
    my ($give_up_at, $pause) = (time + PATIENCE_SECONDS, FIRST_PAUSE);
    while (1) {
        my $answer = $self->{http}->request($method, "$self->{url}$path", \%options);
        my $value = eval { $json->decode($answer->{content}) };
        if ($answer->{success}) { return $value }
        if ($answer->{status} == 409 && ref $value && ($value->{type} // '') =~ /:fenced\z/) {
            exit 0;
        }
        # 599 is HTTP::Tiny's own word for "no answer".
        if ($answer->{status} !~ /\A(?:429|502|503|504|599)\z/) {
            die "$method $path: $answer->{status} " . ($value->{detail} // $answer->{content}) . "\n";
        }
        exit RESTART_NOW if time >= $give_up_at;
        sleep $pause;
        $pause = $pause * 2 > LONGEST_PAUSE ? LONGEST_PAUSE : $pause * 2;
    }
}

sub beat {
    my ($self) = @_;
    ++$self->{progress};
    return if time - $self->{beaten_at} < BEAT_SECONDS;
    my $name = substr($self->{cell}, 0, 8) . ".$self->{agent}";
    eval { $self->call('POST', "/heartbeat/$name", { progress => $self->{progress} }) };
    print STDERR "beat: $@" if $@;
    $self->{beaten_at} = time;
}

# Pulls work for ever and gives it to $work->($client, $task), which returns the result.
sub run {
    my ($self, $work) = @_;
    $SIG{TERM} = sub { exit 0 };
    while (1) {
        $self->beat;
        my $found = $self->call('POST', '/api/v1/next-work?wait_seconds=' . WAIT_SECONDS, {});
        my $task = $found->{task} or next;
        my $path = "/api/v1/cells/$self->{cell}/tasks/$task->{task_id}";
        my $result = eval { $work->($self, $task) };
        my $trouble = $@;
        my ($verb, $body) = defined $result
            ? ('done', { result => $json->encode($result) })
            : ('fail', { reason => substr($trouble, 0, 2000) });
        eval { $self->call('POST', "$path/$verb", $body, fresh_key()) };
        print STDERR "$task->{task_id}: ", ($trouble || ''), ($@ || ''), "\n" if $trouble || $@;
    }
}

1;
