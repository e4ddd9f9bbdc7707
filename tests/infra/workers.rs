//! What follows from the workers' memory and time limit, for each value that the parameters take.

use crate::template::Template;

/// Megabytes with which a function has a whole processor (AWS, "Configure Lambda function memory").
const WHOLE_PROCESSOR_MB: f64 = 1769.0;
/// Seconds of a whole processor that a worker takes to copy a megabyte (docs/performance.md).
const SECONDS_FOR_A_MEGABYTE: f64 = 0.0036;

/// A batch of ten files, each as large as it may be, takes half of a worker's time at most.
#[test]
fn a_worker_has_the_memory_that_the_largest_files_need() {
    let template = Template::root(&[]);
    let parameters = template.section("Parameters");
    let mut tried = 0;
    for megabytes in parameters["MaxFileMegabytes"]["AllowedValues"].as_array().unwrap() {
        for seconds in parameters["WorkerTimeoutSeconds"]["AllowedValues"].as_array().unwrap() {
            let template = Template::root(&[
                ("MaxFileMegabytes", &megabytes.to_string()),
                ("WorkerTimeoutSeconds", &seconds.to_string()),
            ]);
            for worker in ["ToHelpdeskFunction", "ToBlipFunction"] {
                let properties = template.resolve(&template.section("Resources")[worker]["Properties"]);
                let memory = properties["MemorySize"].as_f64().unwrap();
                let batch = properties["Events"]["Queue"]["Properties"]["BatchSize"].as_f64().unwrap();
                let files = batch * megabytes.as_f64().unwrap();
                let took = files * SECONDS_FOR_A_MEGABYTE * WHOLE_PROCESSOR_MB / memory;
                assert!(took <= seconds.as_f64().unwrap() / 2.0, "{megabytes} MB, {seconds} s, {memory} MB: {took} s");
                tried += 1;
            }
        }
    }
    assert_eq!(tried, 9 * 3 * 2);
}

/// `CloudFormation` cannot multiply, so that the numbers stand in a mapping.
#[test]
fn what_follows_from_a_workers_time_fits_it() {
    let template = Template::root(&[]);
    for (seconds, follows) in template.section("Mappings")["WorkerTimeout"].as_object().unwrap() {
        let seconds: u64 = seconds.parse().unwrap();
        // AWS, "Using Lambda with Amazon SQS": at least six times the function's timeout.
        assert_eq!(follows["Visibility"].as_u64().unwrap(), 6 * seconds);
        assert_eq!(follows["Near"].as_u64().unwrap(), 900 * seconds);
    }
}
