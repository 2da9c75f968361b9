use store::Company;

use crate::Failure;

/// A company, as all of these commands print it.
#[derive(serde::Serialize)]
pub struct ShownCompany<'a> {
    id: protocol::CompanyId,
    name: &'a str,
    edition: &'a str,
    data_center: &'a str,
    internet_domain: &'a str,
    enabled: bool,
}

impl<'a> From<&'a Company> for ShownCompany<'a> {
    fn from(company: &'a Company) -> ShownCompany<'a> {
        ShownCompany {
            id: company.id,
            name: &company.name,
            edition: company.edition.as_str(),
            data_center: &company.data_center,
            internet_domain: &company.internet_domain,
            enabled: company.enabled,
        }
    }
}

/// Prints what has become of a company: as JSON, or as a sentence.
pub fn print(json: bool, company: &Company, sentence: &str) -> Result<(), Failure> {
    if json {
        println!("{}", serde_json::to_string(&ShownCompany::from(company))?);
    } else {
        println!("{sentence}");
    }
    Ok(())
}
