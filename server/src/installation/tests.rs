use super::*;

#[tokio::test]
async fn demo_and_production_never_share_a_database() {
    for (db, _scratch) in crate::testing::databases().await {
        let claim = |mode| claim(&db, mode, Timestamp::UNIX_EPOCH);
        claim(Mode::Demo).await.unwrap();
        claim(Mode::Demo).await.unwrap();
        assert!(matches!(claim(Mode::Production).await, Err(InstallationError::IsDemo)));
    }
    for (db, _scratch) in crate::testing::databases().await {
        let claim = |mode| claim(&db, mode, Timestamp::UNIX_EPOCH);
        claim(Mode::Production).await.unwrap();
        assert!(matches!(claim(Mode::Demo).await, Err(InstallationError::IsProduction)));
    }
}
