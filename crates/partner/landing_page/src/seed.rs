use ambient::Entropy;
use secrecy::SecretString;
use vault::Vault;
use web::password;

/// Somebody who may sign in to the console.
pub struct NewStaff {
    pub email: String,
    pub name: String,
    pub password: SecretString,
}

/// Gives somebody an account for the console, or the existing one this name and password.
pub async fn seed_staff(
    vault: &Vault,
    entropy: &Entropy,
    staff: NewStaff,
) -> Result<(), db::Error> {
    let hash = password::hash(staff.password, entropy.bytes()).await;
    vault.add_staff(&staff.email, &staff.name, &hash).await
}
