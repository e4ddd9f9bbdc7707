"""The states of a stack in CloudFormation, and what each means for whoever deploys.

The states are those of CloudFormation's user guide, "View stack information", and of `StackStatus` in its API.
"""

import time

from botocore.exceptions import ClientError
from samcli.yamlhelper import yaml_parse

# A first deployment that failed. Such a stack holds nothing that works and takes no update; its parameters are lost with it.
FAILED_AT_FIRST = {
    "CREATE_FAILED": "its first deployment failed, and was not undone",
    "ROLLBACK_COMPLETE": "its first deployment failed, and was undone",
    "ROLLBACK_FAILED": "its first deployment failed, and could not be undone altogether",
    "DELETE_FAILED": "it was to be deleted, and something in it could not be",
}
STANDS = {
    "CREATE_COMPLETE": "it stands",
    "UPDATE_COMPLETE": "it stands",
    "UPDATE_ROLLBACK_COMPLETE": "it stands as it was before the last deployment, which failed and was undone",
    "IMPORT_COMPLETE": "it stands",
    "IMPORT_ROLLBACK_COMPLETE": "it stands as it was before an import, which failed and was undone",
}
# What to do by hand first. {aws} begins the command, {on} says to which stack.
STUCK = {
    "UPDATE_FAILED": "its last deployment failed and was not undone. Undo it, then deploy again: {aws} rollback-stack {on}",
    "UPDATE_ROLLBACK_FAILED": "its last deployment failed, and could not be undone. Mend what is named below, and go on undoing it; then deploy "
    "again: {aws} continue-update-rollback {on} (what cannot be mended is left as it is by --resources-to-skip)",
    "IMPORT_ROLLBACK_FAILED": "an import failed, and could not be undone. Mend what is named below in the console of CloudFormation first",
}
# For how long SQS keeps the name of a deleted queue (API reference, DeleteQueue).
QUEUE_NAME_SECONDS = 60
RETAINED = ("Retain", "RetainExceptOnCreate")


class Decision(Exception):
    """Somebody has to decide or to mend something before it can go on. Its text is a sentence."""


class Stack:
    def __init__(self, aws, name, region):
        self.name, self.region = name, region
        self.cloudformation = aws.client("cloudformation", region)
        self.status, self.described = None, {}

    def look(self):
        self.described = self._describe(self.name)
        self.status = self.described.get("StackStatus")
        if self.status == "DELETE_COMPLETE":
            self.status = None

    def _describe(self, name):
        try:
            return self.cloudformation.describe_stacks(StackName=name)["Stacks"][0]
        except ClientError as error:
            # The only sign of a stack that is not there.
            said = error.response["Error"]
            if said.get("Code") == "ValidationError" and "does not exist" in said.get("Message", ""):
                return {}
            raise

    def stands(self):
        return self.status in STANDS

    def failed_at_first(self):
        return self.status in FAILED_AT_FIRST

    def takes_a_deployment(self):
        # A change set that was made and never carried out leaves REVIEW_IN_PROGRESS. sam makes the next one in its place.
        return self.status in (None, "REVIEW_IN_PROGRESS") or self.stands()

    def parameter(self, name):
        given = {one["ParameterKey"]: one.get("ParameterValue") for one in self.described.get("Parameters", [])}
        return given.get(name)

    def advice(self):
        stack = f"The stack {self.name} in {self.region}"
        if self.status is None:
            return f"{stack} is not there yet; all its parameters are asked."
        if self.status == "REVIEW_IN_PROGRESS":
            return f"{stack} is not there yet: an earlier deployment was prepared and not confirmed. All its parameters are asked."
        meaning = (STANDS | FAILED_AT_FIRST | STUCK).get(self.status)
        if meaning is not None:
            commands = {"aws": "aws cloudformation", "on": f"--region {self.region} --stack-name {self.name}"}
            again = " It has to be deleted before a new one can be made, and all parameters are asked anew." if self.failed_at_first() else ""
            return f"{stack}: {meaning.format(**commands)} ({self.status}).{again}"
        if self.status.endswith("_IN_PROGRESS"):
            return f"{stack} is at work ({self.status}). Wait until it is done, then deploy again."
        return f"{stack} is in a state that is not known here ({self.status}). Look at it in the console of CloudFormation."

    def failures(self):
        """What failed, the first failure first, without what was only broken off because of it."""
        if self.status is None or self.status == "REVIEW_IN_PROGRESS" or self.status in ("CREATE_COMPLETE", "UPDATE_COMPLETE", "IMPORT_COMPLETE"):
            return []
        lines = []
        for event in self._events():  # the newest first
            status, reason = event.get("ResourceStatus", ""), event.get("ResourceStatusReason", "")
            if event.get("PhysicalResourceId") == self.described["StackId"]:
                if reason == "User Initiated":  # here the last operation began
                    break
            elif status.endswith("_FAILED") and "cancelled" not in reason:
                lines.append(f"{event['LogicalResourceId']} ({event['ResourceType']}): {reason or status}")
        return list(dict.fromkeys(reversed(lines)))

    def _events(self):
        return self.cloudformation.get_paginator("describe_stack_events").paginate(StackName=self.described["StackId"]).search("StackEvents[]")

    def _resources(self):
        return self.cloudformation.get_paginator("list_stack_resources").paginate(StackName=self.described["StackId"]).search("StackResourceSummaries[]")

    def stays(self):
        """What the deletion leaves: resources with such a policy, and those that the rollback has left already."""
        template = self.cloudformation.get_template(StackName=self.described["StackId"], TemplateStage="Original")["TemplateBody"]
        template = yaml_parse(template) if isinstance(template, str) else template
        policies = {name: resource.get("DeletionPolicy") for name, resource in template.get("Resources", {}).items()}
        left = [one for one in self._events() if one.get("ResourceStatus") == "DELETE_SKIPPED"]
        left += [
            one
            for one in self._resources()
            if policies.get(one["LogicalResourceId"]) in RETAINED and one["ResourceStatus"] not in ("DELETE_COMPLETE", "CREATE_FAILED")
        ]
        return sorted({f"{one['ResourceType']} {one['PhysicalResourceId']}" for one in left if one.get("PhysicalResourceId")})

    def delete(self):
        """Deletes the stack, and waits until its name and those of its queues are free."""
        identity = self.described["StackId"]  # the name alone finds no deleted stack
        queues = any(one["ResourceType"] == "AWS::SQS::Queue" and one["ResourceStatus"] != "DELETE_COMPLETE" for one in self._resources())
        self.cloudformation.delete_stack(StackName=identity)
        pause = 0.5
        while True:
            time.sleep(pause)
            pause = min(2 * pause, 5)
            self.described = self._describe(identity)
            self.status = self.described.get("StackStatus", "DELETE_COMPLETE")
            if self.status == "DELETE_COMPLETE":
                break
            if self.status != "DELETE_IN_PROGRESS":
                held = ", ".join(one["LogicalResourceId"] for one in self._resources() if one["ResourceStatus"] == "DELETE_FAILED")
                raise Decision(
                    f"The stack {self.name} could not be deleted ({self.status}): {self.described.get('StackStatusReason', '')} Mend that, or leave "
                    f"these where they are: aws cloudformation delete-stack --region {self.region} --stack-name {self.name} --retain-resources {held}"
                )
        if queues:
            print(f"deploy: waiting for {QUEUE_NAME_SECONDS} s, until the names of its queues are free again")
            time.sleep(QUEUE_NAME_SECONDS)
