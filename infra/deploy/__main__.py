"""Deploys to AWS. What is right to do depends on the state of the stack, so that is looked at first.

    python infra/deploy [OPTIONS] [-- WHAT SAM IS GIVEN AS IT IS]

    --stack-name NAME   --region REGION   --profile NAME    in place of what samconfig.toml says
    --yes               no questions: deletes a stack whose first deployment failed, and confirms the change set
    --build COMMAND     runs this once the way is free, before anything is deployed
    --prepare           only looks, and makes the way free; nothing is built or deployed

Runs in the virtual environment of sam (`make deploy`). Exit codes: 0 done; 2 somebody has to decide or to mend something first; 3 AWS cannot
be asked; any other is sam's own.
"""

import argparse
import subprocess
import sys

sys.dont_write_bytecode = True

import account  # noqa: E402
import configuration  # noqa: E402
import states  # noqa: E402


def question(text):
    try:
        return input(text).strip()
    except EOFError:
        return ""


def confirmed(text, arguments):
    return arguments.yes or question(f"{text} [y/N]: ").lower() in ("y", "yes", "s", "sim")


def region_of(settings, aws):
    """sam itself would take us-east-1 without a word where there is a terminal to ask on."""
    region = settings.region or aws.default_region()
    if region is None and sys.stdin.isatty():
        region = question("AWS Region, where it is to run, such as sa-east-1 (São Paulo): ")
    if not region:
        raise account.Unreachable("No AWS region is set. Set AWS_DEFAULT_REGION, or give --region, for example --region sa-east-1.")
    return region


def make_way(stack, arguments):
    """Deletes what an attempt that never stood has left."""
    print(f"deploy: {stack.advice()}")
    for line in stack.failures():
        print(f"deploy:   {line}")
    stays = stack.stays()
    if stays:
        print("deploy: These stay when it is deleted; docs/operations.md, \"Cleaning up\", says how to remove them:")
        for line in stays:
            print(f"deploy:   {line}")
    command = f"aws cloudformation delete-stack --region {stack.region} --stack-name {stack.name}"
    if not arguments.yes and not sys.stdin.isatty():
        raise states.Decision(f"Nobody is there to ask. Delete it, then deploy again: {command} (or give --yes)")
    if not confirmed(f"Delete the stack {stack.name} in {stack.region}?", arguments):
        raise states.Decision("Nothing was changed.")
    print(f"deploy: deleting {stack.name}")
    stack.delete()


def check(stack, settings, arguments):
    """Before anything is built for it."""
    refused = [] if "--parameter-overrides" in arguments.sam else configuration.refused(settings)
    if refused and stack.stands():
        raise states.Decision("samconfig.toml has answers that the template does not take. Mend them there:\n  " + "\n  ".join(refused))
    for line in refused:
        print(f"deploy: samconfig.toml has an answer that the template does not take; give another: {line}")


def deploy(stack, settings, arguments):
    command = ["sam", "deploy", "--stack-name", stack.name, "--region", stack.region]
    if settings.profile:
        command += ["--profile", settings.profile]
    if arguments.yes:
        command.append("--no-confirm-changeset")
    elif not sys.stdin.isatty() and "--no-confirm-changeset" not in arguments.sam:
        raise states.Decision("Nobody is there to confirm the changes: give --yes.")
    if not stack.stands() and "--parameter-overrides" not in arguments.sam:
        if not sys.stdin.isatty():
            raise states.Decision(
                "The stack is not there, and nobody is there to answer its questions. Give all parameters in a file: "
                "python infra/deploy --yes -- --parameter-overrides file:///home/me/parameters.yaml"
            )
        command.append("--guided")
    return subprocess.run(command + arguments.sam, check=False).returncode


def main(arguments):
    settings = configuration.read(arguments)
    aws = account.Account(settings.profile)
    stack = states.Stack(aws, settings.name, region_of(settings, aws))
    stack.look()
    if stack.failed_at_first():
        make_way(stack, arguments)
        stack.look()
    elif not stack.takes_a_deployment():
        raise states.Decision(stack.advice())
    print(f"deploy: {stack.advice()}")
    warned = aws.too_few_functions(stack.region, configuration.workers(settings, stack), configuration.functions())
    if warned:
        print(f"deploy: {warned}")
    check(stack, settings, arguments)
    if arguments.prepare:
        return 0
    if arguments.build:
        built = subprocess.run(arguments.build, shell=True, check=False).returncode
        if built != 0:
            return built
        stack.look()  # minutes have passed
        if not stack.takes_a_deployment():
            raise states.Decision(stack.advice())

    code = deploy(stack, settings, arguments)
    # The answers to sam's questions may name another stack, and other numbers.
    settings = configuration.read(argparse.Namespace(stack_name=None, region=None, profile=settings.profile), stack)
    stack = states.Stack(aws, settings.name, settings.region)
    stack.look()
    if code != 0:
        print(f"deploy: {stack.advice()}", file=sys.stderr)
        for line in stack.failures():
            print(f"deploy:   {line}", file=sys.stderr)
        return code
    again = aws.too_few_functions(stack.region, configuration.workers(settings, stack), configuration.functions())
    if again and again != warned:
        print(f"deploy: {again}")
    return 0


if __name__ == "__main__":
    parser = argparse.ArgumentParser(prog="python infra/deploy", description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--stack-name")
    parser.add_argument("--region")
    parser.add_argument("--profile")
    parser.add_argument("--yes", action="store_true")
    parser.add_argument("--build")
    parser.add_argument("--prepare", action="store_true")
    parser.add_argument("sam", nargs=argparse.REMAINDER)
    arguments = parser.parse_args()
    arguments.sam = [word for word in arguments.sam if word != "--"]
    try:
        sys.exit(account.clearly(main, arguments))
    except account.Unreachable as error:
        print(f"deploy: {error}", file=sys.stderr)
        sys.exit(3)
    except states.Decision as error:
        print(f"deploy: {error}", file=sys.stderr)
        sys.exit(2)
    except KeyboardInterrupt:
        sys.exit(130)
