# Tells Ponte what agents do in a ticket. Paste it into Request Tracker 5 as a global scrip, so that a ticket is heard of in each queue:
#
#   Condition  User Defined       Action  User Defined       Template  Blank
#   Stage      Batch (TransactionBatch: after the commit, so that Ponte may ask RT while it takes the event)
#   Custom condition: 1           Custom action preparation code: 1           Custom action commit code: this file
#
# Ponte asks RT itself for what does not arrive, so nothing is repeated here.

my $url    = 'https://EXAMPLE.execute-api.REGION.amazonaws.com/helpdesk';    # HelpdeskCallbackUrl of the stack's outputs
my $secret = 'whsec_...';                                                   # HelpdeskWebhookSecret
my $bridge = 'blip-bridge';                                                 # the user whose token Ponte has

require Digest::SHA;
require JSON;
require LWP::UserAgent;
require MIME::Base64;

# The agent's own request waits for this, so Ponte has 3 seconds, and after one failure nothing more is tried.
my $client = LWP::UserAgent->new(timeout => 3, max_redirect => 0);
my $key = MIME::Base64::decode_base64($secret =~ s/^whsec_//r);
my $ticket = $self->TicketObj;
# The tickets that were merged into this one: their conversations go on here. (`Merged` keeps what each process of RT saw first.)
my $merged = RT::Tickets->new(RT->SystemUser);
$merged->LimitField(FIELD => 'EffectiveId', VALUE => $ticket->id);
$merged->LimitField(FIELD => 'id', OPERATOR => '!=', VALUE => $ticket->id);

# It hears of each ticket of RT, and most are nobody's whom Ponte knows.
return 1 unless $ticket->CreatorObj->Name eq $bridge || $merged->Count;

for my $transaction (@{ $ticket->TransactionBatch || [] }) {
    my ($kind, $field) = ($transaction->Type, $transaction->Field);
    # A take is also a `SetWatcher`; it is told once.
    next unless $kind =~ /^(?:Correspond|Comment|Status)$/ || ($kind eq 'Set' && ($field || '') =~ /^(?:Owner|Queue)$/);
    my $creator = $transaction->CreatorObj->Name;
    next if $creator eq $bridge;

    my $body = JSON->new->utf8->canonical->encode({
        type      => 'rt.transaction.created',
        timestamp => $transaction->CreatedObj->W3CDTF(Timezone => 'UTC'),
        data      => {
            ticket      => 0 + $ticket->id,
            merged      => [map { 0 + $_->id } @{ $merged->ItemsArrayRef || [] }],
            transaction => 0 + $transaction->id,
            kind        => $kind,
            field       => $field,
            old         => $transaction->OldValue,
            new         => $transaction->NewValue,
            status      => $ticket->Status,
            owner       => $ticket->OwnerObj->Name,
            creator     => $creator,
            identity    => $ticket->FirstCustomFieldValue('BlipIdentity'),
        },
    });

    # Signed as Standard Webhooks 1.0.0 says.
    my ($id, $now) = ('rt_txn_' . $transaction->id, time);
    my $signature = MIME::Base64::encode_base64(Digest::SHA::hmac_sha256("$id.$now.$body", $key), '');
    my $answer = $client->post(
        $url,
        'Content-Type'      => 'application/json',
        'webhook-id'        => $id,
        'webhook-timestamp' => $now,
        'webhook-signature' => "v1,$signature",
        Content             => $body,
    );
    next if $answer->is_success;
    RT->Logger->error("Ponte did not take $id: " . $answer->status_line);
    last;
}
1;
