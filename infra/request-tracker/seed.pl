# Makes in a fresh Request Tracker what an administrator makes by hand: two agents and the bridge's own user, each with a token,
# the custom fields, and the scrip; and the same for more queues, where some are named. Prints the tokens, one NAME=TOKEN a line.
#
# Called by up.sh, in RT's own Perl. From the environment: SCRIP (a file), HOOK_URL, HOOK_SECRET, QUEUES (names with commas between them).
use strict;
use warnings;
use lib '/usr/share/request-tracker5/lib';
use RT;

my $bridge = 'blip-bridge';
my @users = (
    [ANA_TOKEN    => 'agent.ana',  'Ana Agente'],
    [BETO_TOKEN   => 'agent.beto', 'Beto Agente'],
    [BRIDGE_TOKEN => $bridge,      'Blip'],
);
my @rights = qw(
    SeeQueue ShowTicket ShowTicketComments CreateTicket ReplyToTicket CommentOnTicket ModifyTicket
    OwnTicket TakeTicket StealTicket SeeCustomField ModifyCustomField
);
my @fields = (
    [BlipIdentity  => 'RT::Queue-RT::Ticket'],
    [BlipTicketId  => 'RT::Queue-RT::Ticket'],
    [BlipMessageId => 'RT::Queue-RT::Ticket-RT::Transaction'],
);

RT::LoadConfig();
RT::Init();
my $system = RT->SystemUser;
my $general = RT::Queue->new($system);
must($general->Load('General'));
my @queues = ($general);
for my $name (split /,/, $ENV{QUEUES} // '') {
    my $queue = RT::Queue->new($system);
    must($queue->Create(Name => $name));
    push @queues, $queue;
    push @fields, map { [$_ => 'RT::Queue-RT::Ticket'] } qw(Contrato CSAT) if @queues == 2;
}

for (@users) {
    my ($label, $name, $real) = @$_;
    my $user = RT::User->new($system);
    must($user->Create(Name => $name, RealName => $real, EmailAddress => "$name\@desk.test.invalid", Privileged => 1));
    my $principal = $user->PrincipalObj;
    for my $queue (@queues) {
        must($principal->GrantRight(Right => $_, Object => $queue)) for @rights;
    }
    must($principal->GrantRight(Right => 'ManageAuthTokens', Object => $RT::System));
    my ($id, $why, $token) = RT::AuthToken->new($system)->Create(Owner => $user->Id, Description => 'test');
    must($id, $why);
    print "$label=$token\n";
}

for (@fields) {
    my ($name, $of) = @$_;
    my $field = RT::CustomField->new($system);
    must($field->Create(Name => $name, Type => 'FreeformSingle', MaxValues => 1, LookupType => $of));
    must($field->AddToObject($_)) for @queues;
}

must(RT::Scrip->new($system)->Create(
    Queue                  => 0,
    Description            => 'Ponte',
    Stage                  => 'TransactionBatch',
    Template               => 'Blank',
    ScripCondition         => 'User Defined',
    ScripAction            => 'User Defined',
    CustomIsApplicableCode => '1',
    CustomPrepareCode      => '1',
    CustomCommitCode       => scrip(),
));

# The scrip as it is pasted, with its three settings set as an administrator sets them.
sub scrip {
    open(my $file, '<', $ENV{SCRIP}) or die "$ENV{SCRIP}: $!\n";
    my $text = do { local $/; <$file> };
    my %settings = (url => $ENV{HOOK_URL}, secret => $ENV{HOOK_SECRET}, bridge => $bridge);
    for my $name (keys %settings) {
        my $value = $settings{$name};
        die "'$value' cannot be quoted\n" if $value =~ /['\\]/;
        $text =~ s/^(my \$$name\s*=\s*)'[^']*'/$1'$value'/m or die "the scrip has no setting $name\n";
    }
    return $text;
}

sub must {
    my ($done, $why) = @_;
    die(($why // 'refused') . "\n") unless $done;
    return $done;
}
