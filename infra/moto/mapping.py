"""Plays the event source mapping between a queue and a function (Lambda, "Using Lambda with Amazon SQS"): batches, as many at once as
MaximumConcurrency says, partial failures by ReportBatchItemFailures. What succeeded is deleted, the rest comes back by its visibility."""

import threading
import time

from runtime import FunctionError, Throttled

# How long it waits after it found nothing.
PAUSE_SECONDS = 0.1


class Mapping:
    def __init__(self, sqs, url, arn, function, batch, at_once, partial, note):
        self.sqs, self.url, self.arn, self.function, self.batch, self.partial, self.note = sqs, url, arn, function, batch, partial, note
        self.stopped = threading.Event()
        self.pollers = [threading.Thread(target=self.poll, daemon=True) for _ in range(at_once)]

    def start(self):
        for poller in self.pollers:
            poller.start()

    def poll(self):
        while not self.stopped.is_set():
            try:
                if not self.once():
                    self.stopped.wait(PAUSE_SECONDS)
            except Exception as error:
                if self.stopped.is_set():
                    return
                # A poller that ended unseen would look like a bridge that hangs.
                self.note(f"{self.function.name}: polling failed: {error!r}")
                time.sleep(1)

    def once(self):
        found = self.sqs.receive_message(QueueUrl=self.url, MaxNumberOfMessages=self.batch, MessageSystemAttributeNames=["All"], MessageAttributeNames=["All"])
        messages = found.get("Messages", [])
        if not messages:
            return False
        try:
            answer = self.function.invoke({"Records": [self.record(message) for message in messages]})
        except (FunctionError, Throttled):
            return True
        done = [message for message in messages if message["MessageId"] not in self.failed(answer, messages)]
        if done:
            entries = [{"Id": str(number), "ReceiptHandle": message["ReceiptHandle"]} for number, message in enumerate(done)]
            for failure in self.sqs.delete_message_batch(QueueUrl=self.url, Entries=entries).get("Failed", []):
                self.note(f"{self.function.name}: a message could not be deleted: {failure}")
        return True

    def failed(self, answer, messages):
        """Which messages come back: all of them, where the answer names one that was not in the batch."""
        everything = {message["MessageId"] for message in messages}
        if not self.partial or not answer or not answer.get("batchItemFailures"):
            return set()
        named = {failure.get("itemIdentifier") for failure in answer["batchItemFailures"]}
        if named <= everything:
            return named
        self.note(f"{self.function.name}: it named messages that it was not given")
        return everything

    def record(self, message):
        return {
            "messageId": message["MessageId"],
            "receiptHandle": message["ReceiptHandle"],
            "body": message["Body"],
            "attributes": message.get("Attributes", {}),
            "messageAttributes": {},
            "md5OfBody": message["MD5OfBody"],
            "eventSource": "aws:sqs",
            "eventSourceARN": self.arn,
            "awsRegion": self.arn.split(":")[3],
        }
