//! What each route of our API asks of its caller. A route cannot be added without saying it: [`Routes`] takes routes in no
//! other way. What is said here is checked before the handler runs and shown in `/openapi.json` as `x-permission`.
//!
//! Who the caller is was found out before (`identify`); a permission that is missing is 403 and names it, whereas
//! another tenant's id is 404, because a scope finds nothing of others.

use axum::{
    extract::{Request, State},
    middleware::{Next, from_fn},
    response::{IntoResponse, Response},
};
use switchboard_domain::role::Permission;
use utoipa::openapi::{OpenApi, extensions::ExtensionsBuilder, path::Paths};
use utoipa_axum::router::{OpenApiRouter, UtoipaMethodRouter};

use crate::{
    extract::TenantAuth,
    problem::{Code, Problem},
    state::Web,
};

/// The routes of our API, each with what it asks for.
pub struct Routes(OpenApiRouter<Web>);

impl Routes {
    pub fn new(base: OpenApi) -> Self {
        Self(OpenApiRouter::with_openapi(base))
    }

    /// Routes for callers who have this permission.
    #[must_use]
    pub fn may(self, permission: Permission, routes: UtoipaMethodRouter<Web>) -> Self {
        self.guarded(Need::Permission(permission), routes)
    }

    /// Routes for every caller who acts for a tenant, whatever the role.
    #[must_use]
    pub fn known(self, routes: UtoipaMethodRouter<Web>) -> Self {
        self.guarded(Need::Tenant, routes)
    }

    /// Routes that see to it themselves who is asking: signing in, and the platform's administration.
    #[must_use]
    pub fn open(self, routes: UtoipaMethodRouter<Web>) -> Self {
        Self(self.0.routes(routes))
    }

    pub fn into_inner(self) -> OpenApiRouter<Web> {
        self.0
    }

    fn guarded(self, need: Need, (schemas, mut paths, methods): UtoipaMethodRouter<Web>) -> Self {
        need.describe(&mut paths);
        let methods = methods.route_layer(from_fn(move |request: Request, next: Next| need.hold(request, next)));
        Self(self.0.routes((schemas, paths, methods)))
    }
}

/// What a route asks for.
#[derive(Clone, Copy)]
enum Need {
    Tenant,
    Permission(Permission),
}

impl Need {
    async fn hold(self, request: Request, next: Next) -> Response {
        match self.check(&request) {
            Ok(()) => next.run(request).await,
            Err(problem) => problem.into_response(),
        }
    }

    fn check(self, request: &Request) -> Result<(), Problem> {
        let auth = identified(request)?;
        match self {
            Self::Permission(permission) if !auth.actor.may(permission) => Err(Problem::forbidden(permission)),
            Self::Permission(_) | Self::Tenant => Ok(()),
        }
    }

    fn describe(self, paths: &mut Paths) {
        let Self::Permission(permission) = self else { return };
        for item in paths.paths.values_mut() {
            let all = [&mut item.get, &mut item.post, &mut item.put, &mut item.patch, &mut item.delete];
            for operation in all.into_iter().flatten() {
                let extension = ExtensionsBuilder::new().add("x-permission", permission.as_str()).build();
                operation.extensions.get_or_insert_default().merge(extension);
            }
        }
    }
}

/// What came of asking who is calling. Left in the request for the layers and handlers behind.
#[derive(Clone)]
pub(crate) struct Identified(Result<TenantAuth, Problem>);

/// Finds out once who is calling. Refusing is the guard's business: some routes are for strangers.
pub(crate) async fn identify(State(web): State<Web>, mut request: Request, next: Next) -> Response {
    let answer = TenantAuth::of(&web, request.method(), request.headers()).await;
    request.extensions_mut().insert(Identified(answer));
    next.run(request).await
}

/// Who is calling, as [`identify`] found out.
pub(crate) fn identified(request: &Request) -> Result<TenantAuth, Problem> {
    match request.extensions().get::<Identified>() {
        Some(Identified(answer)) => answer.clone(),
        None => Err(Problem::new(Code::MissingCredentials, "this request was not looked at by `identify`")),
    }
}

impl Identified {
    pub(crate) fn answer(&self) -> Result<TenantAuth, Problem> {
        self.0.clone()
    }
}
