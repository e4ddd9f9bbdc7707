"""The account at AWS: who asks, whether an answer can be had, and how many functions may run."""

import boto3
from botocore import exceptions
from botocore.config import Config

# Quick, since somebody waits for the answer.
PATIENCE = Config(connect_timeout=10, read_timeout=30, retries={"max_attempts": 2})

RIGHTS = "infra/deployer-policy.json is what the one who deploys must be allowed (docs/deploy.md)"
CREDENTIALS = {
    "ExpiredToken": "The AWS credentials have expired. Log in again, for example with `aws sso login`, or give new ones.",
    "InvalidClientTokenId": "AWS does not know this access key. Look at AWS_ACCESS_KEY_ID, or at the profile.",
    "SignatureDoesNotMatch": "The secret access key does not fit the access key, or this machine's clock is wrong.",
    "RequestExpired": "AWS refuses requests of this machine as too old: its clock is wrong.",
}
CREDENTIALS |= {
    "ExpiredTokenException": CREDENTIALS["ExpiredToken"],
    "UnrecognizedClientException": CREDENTIALS["InvalidClientTokenId"],
    "InvalidSignatureException": CREDENTIALS["SignatureDoesNotMatch"],
    "RequestTimeTooSkewed": CREDENTIALS["RequestExpired"],
}


class Unreachable(Exception):
    """AWS cannot be asked. Its text is a sentence for whoever deploys."""


class Account:
    def __init__(self, profile):
        self.session = boto3.Session(profile_name=profile)

    def default_region(self):
        return self.session.region_name

    def client(self, service, region):
        return self.session.client(service, region_name=region, config=PATIENCE)

    def too_few_functions(self, region, workers, functions):
        """A sentence when the account may run fewer functions at once than the stack needs; None when they are enough, or nobody says.

        `workers` is `WorkerConcurrency`, `functions` what the template has (`configuration.Functions`).
        """
        try:
            quota = self.client("lambda", region).get_account_settings()["AccountLimit"]["ConcurrentExecutions"]
        except (exceptions.BotoCoreError, exceptions.ClientError, KeyError):
            return None
        if workers is None or functions.workers == 0:
            return None
        taken, others = functions.workers * workers, functions.others
        if taken + others <= quota:
            return None
        return (
            f"In {region} this account may run {quota} functions at once. WorkerConcurrency={workers} takes {taken} of them for the workers, and "
            f"the other functions need {others}, and one more each where they are deployed: {', '.join(functions.optional)}. Set WorkerConcurrency "
            f"to {max(2, (quota - others) // functions.workers)}, or ask for more in AWS's console under Service Quotas, AWS Lambda, "
            "\"Concurrent executions\" (L-B99A9384); docs/operations.md#throttled"
        )


def clearly(action, *arguments):
    """Runs the action, and says in a sentence what stands between this machine and AWS."""
    try:
        return action(*arguments)
    except exceptions.ProfileNotFound as error:
        raise Unreachable(f"{error}. Look at AWS_PROFILE, or at `profile` in samconfig.toml.") from None
    except exceptions.ConfigParseError as error:
        raise Unreachable(f"AWS's configuration cannot be read: {error}") from None
    except (exceptions.NoCredentialsError, exceptions.PartialCredentialsError):
        raise Unreachable(
            "There are no AWS credentials here. Set AWS_PROFILE, or AWS_ACCESS_KEY_ID and AWS_SECRET_ACCESS_KEY (docs/deploy.md)."
        ) from None
    except (exceptions.SSOError, exceptions.TokenRetrievalError, exceptions.CredentialRetrievalError) as error:
        raise Unreachable(f"The AWS credentials cannot be had: {error} Log in again, for example with `aws sso login`.") from None
    except exceptions.NoRegionError:
        raise Unreachable("No AWS region is set. Set AWS_DEFAULT_REGION, or give --region.") from None
    except (exceptions.InvalidRegionError, exceptions.UnknownRegionError) as error:
        raise Unreachable(f"{error} A region is written as sa-east-1.") from None
    except (exceptions.ConnectionError, exceptions.HTTPClientError) as error:
        raise Unreachable(f"AWS cannot be reached: no network, or no such region. ({error})") from None
    except exceptions.ClientError as error:
        raise Unreachable(refusal(error)) from None
    except exceptions.BotoCoreError as error:
        raise Unreachable(f"AWS cannot be asked: {error}") from None


def refusal(error):
    code, message = error.response["Error"].get("Code", ""), error.response["Error"].get("Message", "")
    if code in CREDENTIALS:
        return CREDENTIALS[code]
    if code in ("AccessDenied", "AccessDeniedException", "UnauthorizedOperation"):
        return f"AWS refuses: {message} {RIGHTS}."
    return f"AWS answers {code} to {error.operation_name}: {message}"
