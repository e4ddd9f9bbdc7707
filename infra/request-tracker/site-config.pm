# Settings of the servers that up.sh starts: several at once from one installation, so port and database come from the
# environment. RT reads this file last, after what Debian's package wrote.

my $port = $ENV{PONTE_RT_PORT};
Set($WebDomain, '127.0.0.1');
Set($WebPort, $port);
Set($WebPath, '');
Set($WebBaseURL, "http://127.0.0.1:$port");
Set($DatabaseName, $ENV{PONTE_RT_DATABASE});

# E-mail goes into a file; RT is told so by this word.
Set($MailCommand, 'testfile');
Set($LogToSTDERR, 'info');
Set($LogToSyslog, undef);
1;
